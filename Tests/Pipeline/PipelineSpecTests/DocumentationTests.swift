import Foundation
import PipelineSpec
import Records
import Testing

@Suite struct DocumentationTests {
    let text: String

    init() throws {
        text = try String(
            contentsOfFile: projectFolder + "/Documentation/PipelineSpec.md",
            encoding: .utf8
        )
    }

    @Test(arguments: PipelineKeys.all.sorted())
    func `the manual explains every key`(key: String) {
        #expect(text.contains("`\(key)`"))
    }

    @Test(
        arguments: ReadStep.Layout.allCases.map(\.rawValue)
            + ReadStep.Preparation.allCases.map(\.rawValue)
            + StepRoute.allCases.map(\.rawValue) + DateOrder.allCases.map(\.rawValue)
    )
    func `the manual explains every word of a closed set`(word: String) {
        #expect(text.contains("`\(word)`"))
    }

    @Test func `the manual's examples are without faults`() throws {
        let blocks = text.components(separatedBy: "```yaml\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        #expect(blocks.count >= 2)
        for block in blocks { #expect(faults(block) == []) }
    }
}
