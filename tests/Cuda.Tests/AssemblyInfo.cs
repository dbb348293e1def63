// All tests share one device and count its blocks.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
