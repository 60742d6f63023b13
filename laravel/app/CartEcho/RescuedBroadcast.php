<?php

declare(strict_types=1);

namespace App\CartEcho;

use Illuminate\Contracts\Broadcasting\ShouldRescue;

// A broadcast that cannot be queued is reported, and fails nobody's request. Laravel has a name for that since 12.18; before,
// only what CartLog dispatches is rescued.
if (interface_exists(ShouldRescue::class)) {
    interface RescuedBroadcast extends ShouldRescue {}
} else {
    interface RescuedBroadcast {}
}
