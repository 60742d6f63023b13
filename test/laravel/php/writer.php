<?php

declare(strict_types=1);

// One of several processes that write for the same customers at once, a fifth of it rolled back; or one that reads along, as a page does.

use App\CartEcho\Cursor;
use App\CartEcho\Payload;
use App\CartEcho\SqlLog;

require __DIR__.'/autoload.php';
require __DIR__.'/tables.php';

['role' => $role, 'dsn' => $dsn, 'owners' => $owners, 'changes' => $changes, 'until' => $until] = given();
$pdo = openDatabase($dsn);
if ($role === 'migrate') {
    migrate($pdo, 'down');
    migrate($pdo);
    say('migrated');
    exit;
}
$log = new SqlLog($pdo);

if ($role === 'write') {
    $kept = 0;
    for ($index = 0; $index < $changes; $index += 1) {
        $pdo->beginTransaction();
        $log->append($owners[$index % count($owners)], 'c', fn (Cursor $at): array => Payload::build(getmypid().":$index", [], 'now', ['epoch' => $at->epoch, 'seq' => $at->seq]));
        if ($index % 5 === 4) {
            $pdo->rollBack();
        } else {
            $pdo->commit();
            $kept += 1;
        }
    }
    say($kept);
    exit;
}

// The answers as they came, until the log stands where it has to.
$since = ':0';
do {
    $answer = $log->since($owners[0], $since);
    if ($answer['events'] !== [] || $answer['reset']) {
        say(['since' => $since] + $answer);
    }
    $since = $answer['cursor'];
} while ((int) explode(':', $since)[1] < $until);
