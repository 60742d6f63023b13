<?php

declare(strict_types=1);

namespace App\CartEcho;

use Illuminate\Http\Request;

/** What a page says of whoever looks at it (docs/protocol.md, "The page block"). */
final readonly class PageBlock
{
    /** Where pages ask. */
    public const CHECK_PATH = '/api/cart/check-updates';

    /** None of them can end the script that the block stands in. */
    private const FLAGS = JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT | JSON_THROW_ON_ERROR;

    public function __construct(private Settings $settings, private Customers $customers) {}

    /** As JSON that may stand in HTML; null where nobody is logged in, and guests hear nothing. */
    public function json(Request $request): ?string
    {
        $customer = $this->customers->current($request);
        if ($customer === null) {
            return null;
        }
        $noted = $request->attributes->get('cart_echo') ?? [];

        return json_encode($this->who($customer) + ['enabled' => $this->settings->enabled()] + $noted, self::FLAGS);
    }

    private function who(Customer $customer): array
    {
        if ($customer->isGuest()) {
            return ['guest' => true];
        }
        $channel = strtr($this->customers->pattern($customer), ['{tenant}' => $customer->tenant]);
        // The page takes this one by itself.
        $said = $channel === 'App.Models.User.{user}' ? [] : ['channel' => $channel];

        return ['user' => $customer->id] + $said + ['reverb' => $this->settings->get('reverb')];
    }
}
