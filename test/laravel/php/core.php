<?php

declare(strict_types=1);

// What the plain classes of laravel/app/CartEcho make of what the test gives: one operation, and its arguments.

use App\CartEcho\CheckAnswer;
use App\CartEcho\Cursor;
use App\CartEcho\Customer;
use App\CartEcho\Payload;
use App\CartEcho\SqlLog;

require __DIR__.'/autoload.php';
require __DIR__.'/tables.php';

const POLICY = ['spread_ms' => 2_000, 'poll' => ['interval_ms' => 30_000], 'audit' => ['interval_ms' => 300_000], 'enabled' => true];

/** A log of so many changes, of which the newest `kept` are still there. */
function logOf(PDO $pdo, int $seq, int $kept, string $owner = 'one', string $prefix = ''): SqlLog
{
    $now = 1_000;
    $log = new SqlLog($pdo, $prefix, function () use (&$now): int {
        return $now++;
    });
    for ($index = 0; $index < $seq; $index += 1) {
        $pdo->beginTransaction();
        $log->append($owner, 'App.Models.User.7', fn (Cursor $at): array => Payload::build("change {$at->seq}", [], '2026-11-23T10:00:00+00:00', ['epoch' => $at->epoch, 'seq' => $at->seq]));
        $pdo->commit();
    }
    $log->prune(1_000 + $seq - $kept);

    return $log;
}

/** What a log says, with `b7f3` in the place of its epoch, and the same in the question. */
function answer(SqlLog $log, mixed $since, mixed $fresh): array
{
    $epoch = $log->head('one')->epoch;
    $asked = is_string($since) && $epoch !== '' ? str_replace('b7f3', $epoch, $since) : $since;
    $json = json_encode(CheckAnswer::of($log, 'one', $asked, $fresh, POLICY), JSON_THROW_ON_ERROR);

    return json_decode($epoch === '' ? $json : str_replace($epoch, 'b7f3', $json), true);
}

$given = given();

say(match ($given['run']) {
    'cursors' => array_map(function (mixed $text): ?array {
        $cursor = Cursor::parse($text);

        return $cursor === null ? null : ['epoch' => $cursor->epoch, 'seq' => $cursor->seq, 'text' => $cursor->format()];
    }, $given['texts']),
    'build' => attempt(fn (): array => ['payload' => Payload::build($given['message'], $given['changes'], '2026-11-23T10:00:00+00:00', $given['block'])]),
    'texts' => attempt(function () use ($given): array {
        $payload = Payload::build(base64_decode($given['text']), ['new_total' => base64_decode($given['text'])], 'now', ['id' => '1']);

        return ['json' => Payload::encode($payload), 'same' => Payload::decode(Payload::encode($payload)) === $payload];
    }),
    'stringables' => Payload::build('m', ['new_total' => new class
    {
        public function __toString(): string
        {
            return 'RM1.00';
        }
    }], 'now', ['id' => PHP_INT_MAX, 'cart' => 7]),
    'objects' => array_map(fn (mixed $conditions): array => attempt(fn (): array => ['payload' => Payload::build(null, ['conditions' => $conditions], 'now', ['id' => '1'])]), [
        (object) ['action' => 'removed', 'display_name' => 'Sale'],
        [(object) ['action' => 'removed', 'display_name' => 'Sale']],
        [new ArrayObject(['action' => 'removed', 'display_name' => 'Sale'])],
    ]),
    'nested' => array_map(function (int $levels): mixed {
        $value = 'x';
        for ($level = 1; $level < $levels; $level += 1) {
            $value = ['a' => $value];
        }

        return attempt(fn (): array => ['payload' => Payload::build(null, is_array($value) ? $value : [], 'now', ['id' => '1'])]);
    }, $given['levels']),
    'fit' => (function () use ($given): array {
        $fitting = Payload::fit($given['payload'], $given['channel']);

        return ['payload' => $fitting, 'bytes' => Payload::bytes($fitting, $given['channel']), 'before' => Payload::bytes($given['payload'], $given['channel'])];
    })(),
    'answers' => (function () use ($given): array {
        migrate($pdo = openDatabase(), 'up', $given['prefix'] ?? '');
        $log = logOf($pdo, $given['seq'], $given['kept'], 'one', $given['prefix'] ?? '');

        return array_map(fn (array $asked): array => answer($log, $asked['since'], $asked['fresh'] ?? null), $given['asked']);
    })(),
    'hostile' => (function () use ($given): array {
        migrate($pdo = openDatabase());
        $log = logOf($pdo, 2, 2);

        return array_map(function (string $query) use ($log): array {
            parse_str($query, $read);

            return answer($log, $read['since'] ?? null, $read['fresh'] ?? null);
        }, $given['queries']);
    })(),
    'owners' => array_map(fn (array $who): string => (new Customer(...$who))->owner($given['secret']), $given['customers']),
    'channels' => array_map(fn (array $who): string => (new Customer(...$who))->channel($given['pattern']), $given['customers']),
    'book' => (function (): array {
        migrate($pdo = openDatabase());
        $log = logOf($pdo, 3, 3);
        $other = logOf($pdo, 1, 1, 'two');
        $head = $log->head('one');
        $said = ['waiting' => count($log->waiting(0, 9_999))];
        $log->published('one', new Cursor($head->epoch, 2));
        $said['published'] = array_column(array_column($log->waiting(0, 9_999), 'payload'), 'message');
        $said['limited'] = count($log->waiting(0, 9_999, 1));
        $said['young'] = count($log->waiting(0, 1_000));
        $log->unpublish(0);
        $said['again'] = count($log->waiting(0, 9_999));
        $log->forget('one');
        $said['forgotten'] = [$log->head('one')->format(), count($log->waiting(0, 9_999)), $other->head('two')->seq];

        return $said;
    })(),
    'rollback' => (function (): array {
        migrate($pdo = openDatabase());
        $log = logOf($pdo, 1, 1);
        $pdo->beginTransaction();
        $log->append('one', 'c', fn (Cursor $at): array => ['seq' => $at->seq]);
        $pdo->rollBack();
        $outside = attempt(fn () => $log->append('one', 'c', fn (): array => []));
        $prefix = attempt(fn () => new SqlLog($pdo, 'a"; drop'));

        return ['head' => $log->head('one')->seq, 'outside' => $outside['message'], 'prefix' => $prefix['error'], 'rows' => count($log->since('one', ':0')['events'])];
    })(),
    'tables' => (function (): array {
        migrate($pdo = openDatabase());
        $tables = fn (): array => $pdo->query("select name from sqlite_master where type = 'table' order by name")->fetchAll(PDO::FETCH_COLUMN);
        $up = $tables();
        migrate($pdo, 'down');

        return [$up, $tables()];
    })(),
});
