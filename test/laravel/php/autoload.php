<?php

declare(strict_types=1);

// Finds the classes of laravel/app as Composer would. Whatever PHP has to say of them is a failure.

error_reporting(E_ALL);
set_error_handler(function (int $level, string $message, string $file, int $line): never {
    throw new ErrorException($message, 0, $level, $file, $line);
});

spl_autoload_register(function (string $class): void {
    $file = __DIR__.'/../../../laravel/app/'.strtr(substr($class, strlen('App\\')), '\\', '/').'.php';
    if (str_starts_with($class, 'App\\') && is_file($file)) {
        require $file;
    }
});

/** What the test gave on the standard input. */
function given(): array
{
    return json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
}

/** Says it to the test. */
function say(mixed $value): void
{
    echo json_encode($value, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION), "\n";
}

/** What it gives; or in what words and by what error it refuses. */
function attempt(Closure $run): mixed
{
    try {
        return $run();
    } catch (Throwable $error) {
        return ['error' => $error::class, 'message' => $error->getMessage()];
    }
}
