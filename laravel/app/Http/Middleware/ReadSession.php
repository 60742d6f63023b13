<?php

declare(strict_types=1);

namespace App\Http\Middleware;

use App\CartEcho\Settings;
use Closure;
use Illuminate\Session\Middleware\StartSession;
use Illuminate\Support\Facades\Auth;

/** Reads the session and leaves it alone: Laravel's own would write it back, over what a request beside this one has just put there. */
final class ReadSession extends StartSession
{
    public function handle($request, Closure $next)
    {
        if (! $this->sessionConfigured()) {
            return $next($request);
        }
        $request->setLaravelSession($session = $this->startSession($request, $this->getSession($request)));
        $response = $next($request);
        if ($this->hasJustLoggedIn()) {
            $this->addCookieToResponse($response, $session);
            $this->saveSession($request);
        }

        return $response;
    }

    /** By a remember-me cookie: a new log-in, which has to be kept. */
    private function hasJustLoggedIn(): bool
    {
        foreach (array_keys(app(Settings::class)->guards()) as $name) {
            $guard = Auth::guard($name);
            if (method_exists($guard, 'viaRemember') && $guard->viaRemember()) {
                return true;
            }
        }

        return false;
    }
}
