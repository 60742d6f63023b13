<?php

declare(strict_types=1);

namespace App\CartEcho;

/** A place in one customer's log: the counter's life and the last number given out. `:0` is the log before its first entry. */
final readonly class Cursor
{
    /** The largest number that a page can count to: JavaScript's `Number.MAX_SAFE_INTEGER`. */
    private const MAX_SEQ = 9_007_199_254_740_991;

    public function __construct(public string $epoch, public int $seq) {}

    /** The log before its first entry. */
    public static function start(): self
    {
        return new self('', 0);
    }

    /** Reads `epoch:seq`. Null for anything else, whatever its type; never throws. */
    public static function parse(mixed $text): ?self
    {
        if (! is_string($text) || preg_match('/^([A-Za-z0-9_-]{0,32}):(0|[1-9][0-9]{0,15})$/D', $text, $parts) !== 1) {
            return null;
        }
        [, $epoch, $digits] = $parts;
        $seq = (int) $digits;

        return $seq <= self::MAX_SEQ && ($epoch !== '' || $seq === 0) ? new self($epoch, $seq) : null;
    }

    /** Writes it the way the check and the page block do. */
    public function format(): string
    {
        return "{$this->epoch}:{$this->seq}";
    }
}
