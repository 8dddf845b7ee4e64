import Testing

@Suite struct GenerationTestsPlace {}
