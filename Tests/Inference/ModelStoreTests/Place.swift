import Testing

@Suite struct ModelStoreTestsPlace {}
