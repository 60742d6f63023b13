<?php

declare(strict_types=1);

namespace App\CartEcho;

/** What the check says (docs/protocol.md, "The check"). */
final class CheckAnswer
{
    /** Whoever is not logged in is told that as JSON: a page takes a redirect to the log-in for no answer at all. */
    public const NOBODY = ['message' => 'Unauthenticated.'];

    /** To be kept by nobody: it is one customer's. */
    public const HEADERS = ['Cache-Control' => 'private, no-store'];

    /**
     * What happened to an owner after `since`. The query may hold anything: a strange `since` is a reset, a strange `fresh` is
     * left out, which a page takes for a cache's answer.
     *
     * @param  array{enabled: bool, poll: array<string, mixed>, audit: array<string, mixed>, spread_ms: int}  $policy
     * @return array<string, mixed>
     */
    public static function of(SqlLog $log, string $owner, mixed $since, mixed $fresh, array $policy): array
    {
        $answer = $log->since($owner, $since);
        $last = end($answer['events']);
        $message = $last === false ? null : ($last['payload']->message ?? null);

        return [
            'updated' => $answer['reset'] || $answer['events'] !== [],
            'message' => is_string($message) ? $message : null,
            'cart_echo' => ['owner' => $owner] + self::mark($fresh) + $answer + $policy,
        ];
    }

    /**
     * The request's own mark, given back.
     *
     * @return array{fresh?: string}
     */
    private static function mark(mixed $fresh): array
    {
        return is_string($fresh) && preg_match('/^[\x21-\x7e]{1,128}$/D', $fresh) === 1 ? ['fresh' => $fresh] : [];
    }
}
