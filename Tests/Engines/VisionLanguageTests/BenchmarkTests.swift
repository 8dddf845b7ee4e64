import Generation
import Qwen
import Tensors
import Testing
import VisionLanguage

/// What is measured, and how runs are summed up.
@Suite struct BenchmarkTests {
    @Test func `the median is the run in the middle, or between the two there`() {
        let expected: [(values: [Double], median: Double)] = [
            ([3], 3), ([4, 1], 2.5), ([9, 1, 2], 2), ([1, 100, 3, 2], 2.5),
        ]
        for (values, median) in expected {
            let samples = RunSamples(values)
            #expect(samples.median == median)
            #expect(samples.least == values.min())
            #expect(samples.greatest == values.max())
            #expect(samples.values == values)
        }
    }

    @Test func `the pages are of the size that other programs are measured with`() throws {
        let preprocessor = PicturePreprocessor()
        for (width, height, tokens) in [(448, 448, 196), (1024, 1024, 1024), (1240, 1754, 2145)] {
            let size = try preprocessor.targetSize(width: width, height: height)
            #expect(size.width / 32 * (size.height / 32) == tokens)
        }
    }

    @Test func `stages have names of their own, the long one that of its context`() {
        let names = BenchmarkStage.allCases.map { $0.name(context: 4096) }
        #expect(Set(names).count == names.count)
        #expect(names.contains("decode-4096"))
        #expect(BenchmarkStage.longDecode.name() == "decode-2000")
    }

    @Test func `a step that is cancelled ends the measuring`() async throws {
        let model = try TinyModel.load("qwen3-tiny")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            var benchmark = Benchmark(model, compute: Compute(), runs: 1)
            return try await benchmark.measure(.decode)
        }
        await #expect(throws: AskFault.generation(.cancelled)) { try await task.value }
    }
}
