import Testing

@Suite struct QwenTestsPlace {}
