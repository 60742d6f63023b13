<?php

declare(strict_types=1);

// As much of Laravel's names as the files in laravel/ use, so that these can be run. This is no Laravel: it knows nothing but what it is
// asked for here, and whether Laravel does the same was seen by running the files on Laravel itself (docs/laravel.md).

namespace Illuminate\Contracts\Config {
    interface Repository
    {
        public function get($key, $default = null);
    }
}

namespace Illuminate\Contracts\Auth {
    interface Authenticatable
    {
        public function getAuthIdentifier();
    }
}

namespace Illuminate\Contracts\Broadcasting {
    interface ShouldBroadcast {}
    // It came with 12.18.
    if (getenv('CART_ECHO_OLD_LARAVEL') === false) {
        interface ShouldRescue {}
    }
}

namespace Illuminate\Contracts\Events {
    interface ShouldDispatchAfterCommit {}
}

namespace Illuminate\Contracts\Http {
    interface Kernel {}
}

namespace Illuminate\Broadcasting {
    final class PrivateChannel
    {
        public string $name;

        public function __construct(string $name)
        {
            $this->name = "private-$name";
        }
    }

    final class BroadcastEvent
    {
        public function __construct(public object $event) {}

        public function middleware(): array
        {
            return $this->event->middleware();
        }
    }
}

namespace Illuminate\Console\Scheduling {
    final class Schedule
    {
        /** @var list<list<mixed>> */
        public array $said = [];

        public function call(\Closure $run): self
        {
            return $this;
        }

        public function __call(string $name, array $words): self
        {
            $this->said[] = [$name, ...$words];

            return $this;
        }
    }
}

namespace Illuminate\Cookie\Middleware {
    final class EncryptCookies {}
}

namespace Illuminate\Database {
    trait DetectsLostConnections
    {
        protected function causedByLostConnection(\Throwable $error): bool
        {
            return str_contains($error->getMessage(), 'gone away');
        }
    }

    class Connection
    {
        /** @var list<\Closure> */
        private array $afterCommit = [];

        public int $reconnected = 0;

        public function __construct(public \PDO $pdo) {}

        public function getPdo(): \PDO
        {
            return $this->pdo;
        }

        public function getTablePrefix(): string
        {
            return '';
        }

        public function transactionLevel(): int
        {
            return (int) $this->pdo->inTransaction();
        }

        public function reconnect(): void
        {
            $this->reconnected += 1;
        }

        public function afterCommit(\Closure $run): void
        {
            $this->afterCommit[] = $run;
        }

        public function transaction(\Closure $run, int $attempts = 1): mixed
        {
            $this->pdo->beginTransaction();
            try {
                $result = $run();
                $this->pdo->commit();
            } catch (\Throwable $error) {
                $this->pdo->rollBack();
                $this->afterCommit = [];
                throw $error;
            }
            [$callbacks, $this->afterCommit] = [$this->afterCommit, []];
            array_map(fn (\Closure $callback) => $callback(), $callbacks);

            return $result;
        }
    }
}

namespace Illuminate\Http {
    class Request
    {
        public object $attributes;

        /** @param array<string, ?object> $users by their guards */
        public function __construct(private array $users = [], private array $query = [], private ?\Session $session = null)
        {
            $this->attributes = new class
            {
                private array $values = [];

                public function get(string $key): mixed
                {
                    return $this->values[$key] ?? null;
                }

                public function set(string $key, mixed $value): void
                {
                    $this->values[$key] = $value;
                }
            };
        }

        public function user(?string $guard = null): ?object
        {
            return $this->users[$guard] ?? null;
        }

        public function query(string $key): mixed
        {
            return $this->query[$key] ?? null;
        }

        public function hasSession(): bool
        {
            return $this->session !== null;
        }

        public function session(): \Session
        {
            return $this->session;
        }

        public function setLaravelSession(\Session $session): void
        {
            $this->session = $session;
        }
    }

    final class JsonResponse
    {
        public function __construct(public array $body, public int $status, public array $headers) {}
    }
}

namespace Illuminate\Session\Middleware {
    abstract class StartSession
    {
        /** @var list<string> */
        public static array $said = [];

        public static bool $isConfigured = true;

        protected function sessionConfigured(): bool
        {
            return self::$isConfigured;
        }

        protected function getSession($request): \Session
        {
            return new \Session;
        }

        protected function startSession($request, \Session $session): \Session
        {
            self::$said[] = 'read';

            return $session;
        }

        protected function addCookieToResponse($response, \Session $session): void
        {
            self::$said[] = 'cookie';
        }

        protected function saveSession($request): void
        {
            self::$said[] = 'saved';
        }
    }
}

namespace Illuminate\Support {
    final class Str
    {
        public static function uuid(): string
        {
            return '11111111-2222-4333-8444-555555555555';
        }

        public static function random(int $length): string
        {
            return bin2hex(random_bytes(intdiv($length, 2)));
        }
    }

    abstract class ServiceProvider
    {
        public function __construct(protected object $app) {}

        protected function callAfterResolving(string $name, \Closure $run): void
        {
            $run($this->app->make($name));
        }
    }
}

namespace Illuminate\Support\Facades {
    final class DB
    {
        public static \Illuminate\Database\Connection $connection;

        public static function connection(?string $name): \Illuminate\Database\Connection
        {
            return self::$connection;
        }
    }

    final class Auth
    {
        public static array $guards = [];

        public static function guard(string $name): object
        {
            return self::$guards[$name] ?? new \stdClass;
        }
    }

    /** Both note what is said to them. */
    final class Route
    {
        public static array $said = [];

        public static function middleware(array $middleware): self
        {
            self::$said[] = $middleware;

            return new self;
        }

        public function get(string $path, string $controller): void
        {
            self::$said[] = [$path, $controller];
        }
    }

    final class Broadcast
    {
        public static array $said = [];

        /** @var array<string, \Closure> */
        public static array $rules = [];

        public static function routes(array $attributes): void
        {
            self::$said[] = $attributes;
        }

        public static function channel(string $name, \Closure $rule, array $options): void
        {
            self::$said[] = [$name, $options];
            self::$rules[$name] = $rule;
        }
    }
}
