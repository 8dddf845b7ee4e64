import Testing

@Suite struct TokenizationTestsPlace {}
