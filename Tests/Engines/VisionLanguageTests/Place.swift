import Testing

@Suite struct VisionLanguageTestsPlace {}
