<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\Schema;

return new class extends Migration
{
    /** Where carts are written: the log is written in the same transaction. */
    public function getConnection(): ?string
    {
        return config('cart-echo.connection');
    }

    public function up(): void
    {
        Schema::create('cart_echo_counters', function (Blueprint $table) {
            $table->string('owner', 32)->primary();
            $table->string('epoch', 32);
            $table->unsignedBigInteger('seq');
        });
        // Times are seconds since 1970: no time zone, and no hour that comes twice.
        Schema::create('cart_echo_log', function (Blueprint $table) {
            $table->string('owner', 32);
            $table->string('epoch', 32);
            $table->unsignedBigInteger('seq');
            $table->string('channel');
            $table->text('payload');
            $table->unsignedBigInteger('created_at')->index();
            $table->unsignedBigInteger('published_at')->nullable();
            $table->primary(['owner', 'epoch', 'seq']);
        });
    }

    public function down(): void
    {
        Schema::dropIfExists('cart_echo_log');
        Schema::dropIfExists('cart_echo_counters');
    }
};
