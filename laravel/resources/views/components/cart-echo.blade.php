{{-- Write <x-cart-echo /> once, at the end of <body>. Not in pages that are cached for everybody. --}}
@if ($block = app(\App\CartEcho\PageBlock::class)->json(request()))
<script type="application/json" data-cart-echo>
{!! $block !!}
</script>
@endif
