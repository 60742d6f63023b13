<?php

declare(strict_types=1);

namespace App\CartEcho;

use InvalidArgumentException;
use JsonException;
use Stringable;

/** What a broadcast says, and an entry of the log: built once, and the same whoever sends it later, or again. */
final class Payload
{
    public const EVENT = 'cart.conditions.changed';

    /**
     * How many bytes the body of a publish may have. Reverb refuses requests over 10,000 bytes (`max_request_size`), and the
     * line, the signature and the headers around the body take some 500.
     */
    public const MAX_BYTES = 9_000;

    /** How deep pages read. */
    private const MAX_DEPTH = 16;

    /** Escaped, so that it is ASCII: a database in any character set holds it. What is no UTF-8 becomes U+FFFD. */
    private const FLAGS = JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES;

    /** What no shopper may read, whatever its case and with or without `_` or `-`. */
    private const FORBIDDEN = [
        'session', 'sessionid', 'slug', 'conditionslug', 'rule', 'rules', 'admin', 'adminid', 'adminname', 'adminemail',
        'removedby', 'changedby', 'performedby', 'reason', 'email', 'password', 'token',
    ];

    private const AMOUNTS = ['condition_removed', 'new_subtotal', 'new_total', 'savings'];

    /**
     * The payload of docs/protocol.md. A null message: the page reads its cart anew and says nothing. Amounts are strings,
     * formatted in the customer's language, or what has `__toString()`. Ids become strings, because no JavaScript number
     * holds those beyond 2^53.
     *
     * @param  array<string, mixed>  $changes
     * @param  array<string, mixed>  $cartEcho  epoch and seq, or id; spread_ms, instance, code …
     * @return array<string, mixed>
     *
     * @throws InvalidArgumentException for what a page could not read, or must not
     */
    public static function build(?string $message, array $changes, string $timestamp, array $cartEcho): array
    {
        foreach (self::AMOUNTS as $key) {
            $changes[$key] = self::amount($key, $changes[$key] ?? null);
        }
        foreach (['id', 'cart'] as $key) {
            $cartEcho[$key] = self::id($key, $cartEcho[$key] ?? null);
        }
        if (isset($changes['conditions'])) {
            $changes['conditions'] = self::conditions($changes['conditions']);
        }
        if (isset($changes['totals'])) {
            self::refuseOtherTotals($changes['totals']);
        }
        $isSaid = fn (mixed $value): bool => $value !== null;
        $payload = [
            'message' => $message,
            'changes' => array_filter($changes, $isSaid),
            'timestamp' => $timestamp,
            'cart_echo' => array_filter($cartEcho, $isSaid),
        ];
        // As it comes out of the log, so that what is broadcast at first is what the log gives later.
        $plain = self::decode(self::encode($payload));
        self::refuseForbidden($plain, []);

        return $plain;
    }

    /**
     * As JSON, in ASCII.
     *
     * @param  array<string, mixed>  $payload
     *
     * @throws InvalidArgumentException when it is deeper than 16 levels, or no JSON
     */
    public static function encode(array $payload): string
    {
        try {
            return json_encode($payload, self::FLAGS, self::MAX_DEPTH);
        } catch (JsonException $error) {
            throw new InvalidArgumentException("The payload cannot be broadcast: {$error->getMessage()}.", 0, $error);
        }
    }

    /**
     * Back from JSON. What cannot be read gives an empty payload, which a page reports, and reads its cart anew for.
     *
     * @return array<string, mixed>
     */
    public static function decode(string $json): array
    {
        $payload = json_decode($json, true, 512, JSON_BIGINT_AS_STRING);

        return is_array($payload) ? $payload : [];
    }

    /**
     * How many bytes the body of its publish has. The payload is a string in there, so that each quote in it takes two
     * bytes, and each letter beyond ASCII seven.
     *
     * @param  array<string, mixed>  $payload
     */
    public static function bytes(array $payload, string $channel): int
    {
        $flags = JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE;
        $body = ['name' => self::EVENT, 'data' => json_encode($payload, $flags), 'channel' => "private-$channel"];

        return strlen(json_encode($body, $flags));
    }

    /**
     * The payload so that Reverb takes it: as it is, else without the list of conditions, else without changes, else without
     * a word. In the end the page reads its cart anew, which is what has to happen.
     *
     * @param  array<string, mixed>  $payload
     * @return array<string, mixed>
     */
    public static function fit(array $payload, string $channel): array
    {
        $less = $payload;
        unset($less['changes']['conditions']);
        $tries = [$payload, $less, ['changes' => []] + $payload, ['message' => null, 'changes' => []] + $payload];
        foreach ($tries as $try) {
            if (self::bytes($try, $channel) <= self::MAX_BYTES) {
                return $try;
            }
        }
        $place = array_intersect_key($payload['cart_echo'] ?? [], array_flip(['epoch', 'seq', 'spread_ms']));

        return ['message' => null, 'changes' => [], 'timestamp' => $payload['timestamp'] ?? '', 'cart_echo' => $place];
    }

    private static function amount(string $key, mixed $value): ?string
    {
        if ($value === null || is_string($value) || $value instanceof Stringable) {
            return $value === null ? null : (string) $value;
        }
        throw new InvalidArgumentException("changes.$key is shown as it is: format it, such as 'RM120.00'.");
    }

    private static function id(string $key, mixed $value): ?string
    {
        if ($value === null || is_string($value) || is_int($value) || $value instanceof Stringable) {
            return $value === null ? null : (string) $value;
        }
        throw new InvalidArgumentException("$key is an id: a string or an integer.");
    }

    /** @return list<array<string, mixed>> */
    private static function conditions(mixed $conditions): array
    {
        $read = function (mixed $condition): array {
            if (! is_array($condition) || ! is_string($condition['action'] ?? null) || ! is_string($condition['display_name'] ?? null)) {
                throw new InvalidArgumentException("Each of changes.conditions is an array with an 'action' and a 'display_name', both strings.");
            }

            return ['item_id' => self::id('item_id', $condition['item_id'] ?? null)] + $condition;
        };

        return array_map($read, array_values(is_array($conditions) ? $conditions : [$conditions]));
    }

    private static function refuseOtherTotals(mixed $totals): void
    {
        $isWhole = is_array($totals) && is_string($totals['currency'] ?? null);
        foreach (['subtotal', 'total', 'savings'] as $key) {
            $isWhole = $isWhole && is_int($totals[$key] ?? null);
        }
        if (! $isWhole) {
            throw new InvalidArgumentException('changes.totals has a currency, and subtotal, total and savings as integers in minor units.');
        }
    }

    /**
     * @param  array<array-key, mixed>  $values
     * @param  list<array-key>  $path
     */
    private static function refuseForbidden(array $values, array $path): void
    {
        foreach ($values as $key => $value) {
            $where = [...$path, $key];
            // Such keys are what (array) makes of an object: all that is private in it, and no JSON object may be read with them.
            if (str_starts_with((string) $key, "\0")) {
                throw new InvalidArgumentException(implode('.', [...$path, '']).'… holds what is private in an object: name what a shopper is to see.');
            }
            if (in_array(str_replace(['_', '-'], '', strtolower((string) $key)), self::FORBIDDEN, true)) {
                throw new InvalidArgumentException(implode('.', $where).' does not belong in what a shopper is sent: leave it out.');
            }
            if (is_array($value)) {
                self::refuseForbidden($value, $where);
            }
        }
    }
}
