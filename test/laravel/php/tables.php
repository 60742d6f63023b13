<?php

declare(strict_types=1);

// Runs the migration of laravel/ without Laravel: what it says of its tables becomes SQL that SQLite, PostgreSQL and MySQL know.

namespace Illuminate\Database\Migrations {
    abstract class Migration
    {
        protected $connection;
    }
}

namespace Illuminate\Database\Schema {
    /** The columns of one table, as SQL. */
    final class Blueprint
    {
        /** @var list<string> */
        private array $lines = [];

        /** @var list<string> */
        private array $indexes = [];

        private string $column = '';

        private string $key = '';

        public function string(string $name, int $length = 255): self
        {
            return $this->add($name, "varchar($length)");
        }

        public function text(string $name): self
        {
            return $this->add($name, 'text');
        }

        public function unsignedBigInteger(string $name): self
        {
            return $this->add($name, 'bigint');
        }

        public function nullable(): self
        {
            $this->lines[] = str_replace(' not null', '', array_pop($this->lines));

            return $this;
        }

        public function primary(?array $columns = null): self
        {
            $this->key = 'primary key ('.implode(', ', $columns ?? [$this->column]).')';

            return $this;
        }

        public function index(): self
        {
            $this->indexes[] = $this->column;

            return $this;
        }

        /** @return list<string> */
        public function statements(string $table): array
        {
            $index = fn (string $column): string => "create index {$table}_{$column}_index on $table ($column)";

            return ["create table $table (".implode(', ', [...$this->lines, $this->key]).')', ...array_map($index, $this->indexes)];
        }

        private function add(string $name, string $type): self
        {
            $this->lines[] = "$name $type not null";
            $this->column = $name;

            return $this;
        }
    }
}

namespace Illuminate\Support\Facades {
    final class Schema
    {
        public static \PDO $pdo;

        public static string $prefix = '';

        public static function create(string $table, \Closure $describe): void
        {
            $describe($blueprint = new \Illuminate\Database\Schema\Blueprint);
            foreach ($blueprint->statements(self::$prefix.$table) as $statement) {
                self::$pdo->exec($statement);
            }
        }

        public static function dropIfExists(string $table): void
        {
            self::$pdo->exec('drop table if exists '.self::$prefix.$table);
        }
    }
}

namespace {
    use Illuminate\Support\Facades\Schema;

    /** Runs the migration, up or down. */
    function migrate(PDO $pdo, string $direction = 'up', string $prefix = ''): void
    {
        [Schema::$pdo, Schema::$prefix] = [$pdo, $prefix];
        foreach (glob(__DIR__.'/../../../laravel/database/migrations/*.php') as $file) {
            (require $file)->$direction();
        }
    }

    /** A database: in memory, or where the environment says. Whoever finds it locked waits for half a minute. */
    function openDatabase(?string $dsn = null): PDO
    {
        [$user, $password] = [getenv('CART_ECHO_DB_USER') ?: null, getenv('CART_ECHO_DB_PASSWORD') ?: null];

        return new PDO($dsn ?? 'sqlite::memory:', $user, $password, [PDO::ATTR_TIMEOUT => 30, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    }
}
