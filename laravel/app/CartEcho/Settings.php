<?php

declare(strict_types=1);

namespace App\CartEcho;

use Illuminate\Contracts\Config\Repository;

/** What config/cart-echo.php says. Read anew each time: a worker of Octane serves many requests, and perhaps many tenants. */
final readonly class Settings
{
    public function __construct(private Repository $config) {}

    /** How much the server does: 0 broadcasts, 1 also keeps a log, 2 also sends again what never went out. */
    public function level(): int
    {
        return (int) $this->config->get('cart-echo.level', 1);
    }

    /** False switches live updates off. So does the flag of the guide, where that config exists. */
    public function enabled(): bool
    {
        return (bool) $this->config->get('cart-echo.enabled', true)
            && (bool) ($this->config->get('filament-cart.features.broadcast_cart_updates') ?? true);
    }

    /** @return array<string, string> the guards that customers log in by, each with its channel; the first is meant where none is named */
    public function guards(): array
    {
        return $this->config->get('cart-echo.guards') ?: ['web' => 'App.Models.User.{user}'];
    }

    /** The name of the connection on which carts are written; null for the default one. */
    public function connection(): ?string
    {
        return $this->config->get('cart-echo.connection');
    }

    /** A value of config/cart-echo.php, by its key. */
    public function get(string $key): mixed
    {
        return $this->config->get("cart-echo.$key");
    }

    /** What owners are signed with. */
    public function secret(): string
    {
        return (string) ($this->get('secret') ?: $this->config->get('app.key'));
    }

    /** @return array{enabled: bool, poll: array<string, mixed>, audit: array<string, mixed>, spread_ms: int} what the check tells every page */
    public function policy(): array
    {
        return [
            'spread_ms' => (int) $this->get('spread_ms'),
            'poll' => (array) $this->get('poll'),
            'audit' => (array) $this->get('audit'),
            'enabled' => $this->enabled(),
        ];
    }
}
