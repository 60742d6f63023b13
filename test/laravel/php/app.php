<?php

declare(strict_types=1);

// An app with a session, users, a queue that works at once, and Laravel's helpers as far as the files in laravel/ call them.

use Illuminate\Contracts\Auth\Authenticatable;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Http\JsonResponse;

final class Session
{
    public array $values = [];

    public function get(string $key): mixed
    {
        return $this->values[$key] ?? null;
    }

    public function put(string $key, mixed $value): void
    {
        $this->values[$key] = $value;
    }
}

final class User implements Authenticatable
{
    public function __construct(private string|int $id) {}

    public function getAuthIdentifier(): string|int
    {
        return $this->id;
    }
}

final class Config implements Repository
{
    public array $values = [];

    public function get($key, $default = null): mixed
    {
        $value = $this->values;
        foreach (explode('.', $key) as $step) {
            $value = $value[$step] ?? null;
        }

        return $value ?? $default;
    }
}

/** Makes what it is asked for, from what that asks for. It keeps what it was given, and nothing else. */
final class App
{
    public static App $app;

    public array $kept = [];

    /** @var list<string> */
    public array $events = [];

    public array $reported = [];

    public array $booted = [];

    /** @var ?Closure what a broadcast does */
    public ?Closure $broadcaster = null;

    public function make(string $class): object
    {
        if (isset($this->kept[$class])) {
            return $this->kept[$class];
        }
        $constructor = (new ReflectionClass($class))->getConstructor();
        $given = array_map(fn (ReflectionParameter $one): object => $this->make($one->getType()->getName()), $constructor?->getParameters() ?? []);

        return new $class(...$given);
    }

    public function routesAreCached(): bool
    {
        return false;
    }

    public function booted(Closure $run): void
    {
        $this->booted[] = $run;
    }
}

function app(string $class): object
{
    return App::$app->make($class);
}

function config(?string $key = null): mixed
{
    return App::$app->kept[Repository::class]->get($key);
}

function env(string $name, mixed $default = null): mixed
{
    return $_ENV[$name] ?? $default;
}

function head(array $values): mixed
{
    return reset($values);
}

function report(Throwable $error): void
{
    App::$app->reported[] = $error->getMessage();
}

function rescue(Closure $run, mixed $rescue = null): mixed
{
    try {
        return $run();
    } catch (Throwable $error) {
        report($error);

        return $rescue;
    }
}

function now(): object
{
    return new class
    {
        public function toIso8601String(): string
        {
            return '2026-11-23T10:00:00+00:00';
        }

        public function valueOf(): int
        {
            return 1_795_946_400_000;
        }
    };
}

/** A queue that works at once: it asks the event, and runs its middleware around what the broadcaster does. */
function event(object $event): void
{
    if ($event->broadcastWhen()) {
        dispatch_sync(new Illuminate\Broadcasting\BroadcastEvent($event));
    }
}

function dispatch_sync(object $job): void
{
    $send = function () use ($job): void {
        $event = $job->event;
        $sent = ['channel' => $event->broadcastOn()->name, 'event' => $event->broadcastAs(), 'payload' => $event->broadcastWith()];
        if (App::$app->broadcaster !== null) {
            (App::$app->broadcaster)($sent);
        }
        App::$app->events[] = $sent;
    };
    foreach ($job->middleware() as $middleware) {
        $send = fn () => $middleware($job, $send);
    }
    $send();
}

function response(): object
{
    return new class
    {
        public function json(array $body, int $status = 200, array $headers = []): JsonResponse
        {
            return new JsonResponse($body, $status, $headers);
        }
    };
}
