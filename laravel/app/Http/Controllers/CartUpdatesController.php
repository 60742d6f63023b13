<?php

declare(strict_types=1);

namespace App\Http\Controllers;

use App\CartEcho\CartLog;
use App\CartEcho\CheckAnswer;
use App\CartEcho\Customers;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;

/** The check: what happened to whoever asks, whatever owner the page believes in. It compares. */
final class CartUpdatesController
{
    public function __invoke(Request $request, CartLog $log, Customers $customers): JsonResponse
    {
        $customer = $customers->current($request);
        if ($customer === null) {
            return response()->json(CheckAnswer::NOBODY, 401, CheckAnswer::HEADERS);
        }

        return response()->json($log->answer($customer, $request->query('since'), $request->query('fresh')), 200, CheckAnswer::HEADERS);
    }
}
