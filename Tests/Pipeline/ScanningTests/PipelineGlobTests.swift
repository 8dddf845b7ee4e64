import Scanning
import Testing

@testable import PipelineSpec

/// A pipeline's globs are looked at twice: for a person when the file is read, and when they are compiled.
@Suite struct PipelineGlobTests {
    /// All texts of up to `length` of these signs.
    private func texts(of signs: String, upTo length: Int) -> [String] {
        var all: [String] = []
        var last = [""]
        for _ in 1...length {
            last = last.flatMap { start in signs.map { start + String($0) } }
            all += last
        }
        return all
    }

    @Test(arguments: [("{}[]-!\\,*a/", 4), ("[]-!\\a", 5), ("{},a", 6)])
    func `what a pipeline may say can be compiled`(signs: String, length: Int) {
        var refused: [String] = []
        for text in texts(of: signs, upTo: length) where globFault(text) == nil {
            do { _ = try Glob(text) } catch { refused.append("\(text): \(error)") }
        }
        #expect(refused.isEmpty)
    }
}
