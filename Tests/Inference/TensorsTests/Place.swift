import Testing

@Suite struct TensorsTestsPlace {}
