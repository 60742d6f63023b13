<?php

declare(strict_types=1);

namespace App\CartEcho;

use Closure;
use InvalidArgumentException;
use LogicException;
use PDO;
use PDOStatement;

/**
 * Each customer's changes, in the order in which they were committed. PostgreSQL, MySQL, MariaDB and SQLite. It needs the
 * connection that writes, on which the cart is written too.
 */
final readonly class SqlLog
{
    /** How many entries an answer has at most. A page asks again at once after a full one. */
    public const FULL_ANSWER = 50;

    /** Who is further behind than this starts anew. */
    public const MAX_BEHIND = 500;

    private string $counters;

    private string $entries;

    private string $driver;

    /**
     * @param  ?Closure(): int  $clock  seconds since 1970; the machine's clock when left out
     *
     * @throws InvalidArgumentException for another database, or a prefix that is no part of a name
     */
    public function __construct(private PDO $pdo, string $prefix = '', private ?Closure $clock = null)
    {
        $this->driver = $pdo->getAttribute(PDO::ATTR_DRIVER_NAME);
        if (! in_array($this->driver, ['pgsql', 'mysql', 'sqlite'], true)) {
            throw new InvalidArgumentException("cart-echo keeps its log in PostgreSQL, MySQL, MariaDB or SQLite, not in {$this->driver}.");
        }
        if (preg_match('/^[A-Za-z0-9_]*$/D', $prefix) !== 1) {
            throw new InvalidArgumentException('The prefix of the tables may have A-Z a-z 0-9 _ only.');
        }
        $quote = $this->driver === 'mysql' ? '`' : '"';
        $this->counters = "$quote{$prefix}cart_echo_counters$quote";
        $this->entries = "$quote{$prefix}cart_echo_log$quote";
    }

    /**
     * Gives out the next number and writes the entry that has it. To be called in the transaction that writes the cart: the
     * counter's row stays locked until that ends, so that numbers come in the order of commits, and a roll-back gives its
     * number back. An auto-increment id or a cache's counter has neither property.
     *
     * @param  Closure(Cursor): array<string, mixed>  $payloadAt  makes the payload that carries the place
     * @return array<string, mixed> the payload
     *
     * @throws LogicException outside of a transaction
     */
    public function append(string $owner, string $channel, Closure $payloadAt): array
    {
        if (! $this->pdo->inTransaction()) {
            throw new LogicException('A change is logged in the transaction that writes the cart. Begin one around both.');
        }
        $place = $this->nextPlace($owner);
        $payload = $payloadAt($place);
        $this->run(
            "INSERT INTO {$this->entries} (owner, epoch, seq, channel, payload, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            [$owner, $place->epoch, $place->seq, $channel, Payload::encode($payload), $this->now()],
        );

        return $payload;
    }

    /** Where the log stands; `:0` before the first change. To be noted before the cart is read. */
    public function head(string $owner): Cursor
    {
        $row = $this->run("SELECT epoch, seq FROM {$this->counters} WHERE owner = ?", [$owner])->fetch(PDO::FETCH_ASSOC);

        return $row ? new Cursor((string) $row['epoch'], (int) $row['seq']) : Cursor::start();
    }

    /**
     * Everything after a cursor: at most 50 entries, contiguous from there; null asks for nothing but the head. Never throws
     * for a strange cursor: what cannot be continued is a reset.
     *
     * @return array{cursor: string, events: list<array{event: string, payload: mixed}>, reset: bool}
     */
    public function since(string $owner, mixed $since): array
    {
        $head = $this->head($owner);
        $stand = ['cursor' => $head->format(), 'events' => [], 'reset' => false];
        if ($since === null) {
            return $stand;
        }
        $reset = ['reset' => true] + $stand;
        $from = Cursor::parse($since);
        $isOfThisLog = $from !== null && ($from->epoch === $head->epoch || $from->format() === ':0');
        if (! $isOfThisLog || $head->seq - $from->seq > self::MAX_BEHIND) {
            return $reset;
        }
        $rows = $this->run(
            "SELECT seq, payload FROM {$this->entries} WHERE owner = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT ".self::FULL_ANSWER,
            [$owner, $head->epoch, $from->seq],
        )->fetchAll(PDO::FETCH_ASSOC);
        // What was written since the counter was read is among the rows. The cursor is never past the last of them: that
        // would pass over what is not committed yet.
        $last = (int) (end($rows)['seq'] ?? $head->seq);
        if ($last - $from->seq !== count($rows)) {
            return $reset;
        }
        $events = array_map(fn (array $row): array => ['event' => Payload::EVENT, 'payload' => json_decode($row['payload'])], $rows);

        return ['cursor' => $rows === [] ? $from->format() : "{$head->epoch}:$last", 'events' => $events, 'reset' => false];
    }

    /** Forgets what was written before a time, in seconds since 1970. The counters stay: they say where a log stands. */
    public function prune(int $before): int
    {
        return $this->run("DELETE FROM {$this->entries} WHERE created_at < ?", [$before])->rowCount();
    }

    /** Forgets a customer altogether. Their open pages start anew. */
    public function forget(string $owner): void
    {
        $this->run("DELETE FROM {$this->entries} WHERE owner = ?", [$owner]);
        $this->run("DELETE FROM {$this->counters} WHERE owner = ?", [$owner]);
    }

    /** Notes that a change went out. */
    public function published(string $owner, Cursor $place): void
    {
        $this->run(
            "UPDATE {$this->entries} SET published_at = ? WHERE owner = ? AND epoch = ? AND seq = ?",
            [$this->now(), $owner, $place->epoch, $place->seq],
        );
    }

    /** Has everything since a time, in seconds since 1970, count as not sent: for when that went to nobody. */
    public function unpublish(int $since): int
    {
        return $this->run("UPDATE {$this->entries} SET published_at = NULL WHERE created_at >= ?", [$since])->rowCount();
    }

    /**
     * What was written between two times and has not gone out, oldest first, as it was written.
     *
     * @return list<array{owner: string, channel: string, payload: array<string, mixed>}>
     */
    public function waiting(int $from, int $until, int $limit = 200): array
    {
        $rows = $this->run(
            "SELECT owner, channel, payload FROM {$this->entries}
             WHERE published_at IS NULL AND created_at BETWEEN ? AND ? ORDER BY created_at, owner, seq LIMIT $limit",
            [$from, $until],
        )->fetchAll(PDO::FETCH_ASSOC);

        return array_map(fn (array $row): array => ['payload' => Payload::decode($row['payload'])] + $row, $rows);
    }

    private function nextPlace(string $owner): Cursor
    {
        $one = "INSERT INTO {$this->counters} (owner, epoch, seq) VALUES (?, ?, 1)";
        $more = $this->driver === 'mysql'
            ? 'ON DUPLICATE KEY UPDATE seq = seq + 1'
            : "ON CONFLICT (owner) DO UPDATE SET seq = {$this->counters}.seq + 1";
        $this->run("$one $more", [$owner, bin2hex(random_bytes(6))]);

        // The row is locked, so this is the number just given out.
        return $this->head($owner);
    }

    /** @param list<string|int> $values */
    private function run(string $sql, array $values): PDOStatement
    {
        $statement = $this->pdo->prepare($sql);
        foreach ($values as $index => $value) {
            $statement->bindValue($index + 1, $value, is_int($value) ? PDO::PARAM_INT : PDO::PARAM_STR);
        }
        $statement->execute();

        return $statement;
    }

    private function now(): int
    {
        return $this->clock ? ($this->clock)() : time();
    }
}
