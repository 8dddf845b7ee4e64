import FaultyHub
import Foundation
import ModelStore
import SystemPackage
import Testing

/// Repositories of GGUF files, which hold the same model several times.
@Suite struct GGUFPullTests {
    private static var model: PublishedModel {
        var model = PublishedModel(
            name: "Qwen/Tiny-GGUF",
            files: [
                "config.json": Array("{}".utf8), "README.md": Array("# Tiny\n".utf8),
                "Tiny-Q4_K_M.gguf": Array("GGUF four bits".utf8),
                "Tiny-Q8_0.gguf": Array("GGUF eight bits".utf8),
                "mmproj-Tiny-F16.gguf": Array("GGUF tower".utf8),
                "mmproj-Tiny-Q8_0.gguf": Array("GGUF small tower".utf8),
                "big/Tiny-BF16-00001-of-00002.gguf": Array("GGUF part".utf8),
            ]
        )
        model.isLarge = { $0.hasSuffix(".gguf") }
        return model
    }

    @Test func `several files are listed to choose from`() async throws {
        let bench = try PullBench(Self.model)
        #expect(
            await bench.fault()
                == .chooseFile(
                    "Qwen/Tiny-GGUF",
                    ["Tiny-Q4_K_M.gguf", "Tiny-Q8_0.gguf", "big/Tiny-BF16-00001-of-00002.gguf"]
                )
        )
    }

    @Test func `the chosen file comes with its vision tower`() async throws {
        let bench = try PullBench(Self.model)
        _ = try await bench.pull { $0.files = ["Tiny-Q4_K_M.gguf"] }
        let found = try bench.store.locate(nil)
        #expect(found.path.lastComponent == "Tiny-Q4_K_M.gguf")
        guard case .gguf(let tower?) = found.layout else {
            Issue.record("expected a vision tower")
            return
        }
        #expect(tower.lastComponent == "mmproj-Tiny-F16.gguf")
        #expect(!bench.has("Tiny-Q8_0.gguf"))
        #expect(bench.has("README.md"))
    }

    @Test func `a second file joins the first, which is not fetched again`() async throws {
        let bench = try PullBench(Self.model)
        _ = try await bench.pull { $0.files = ["Tiny-Q4_K_M.gguf"] }
        _ = try await bench.pull { $0.files = ["Tiny-Q8_0.gguf"] }
        #expect(bench.has("Tiny-Q4_K_M.gguf"))
        #expect(bench.has("Tiny-Q8_0.gguf"))
        #expect(bench.requests(for: "Tiny-Q4_K_M.gguf").count == 1)
        #expect(try await bench.pull { $0.files = ["Tiny-Q4_K_M.gguf"] }.wasComplete)
    }

    @Test func `a file that is not there is answered with those that are`() async throws {
        let bench = try PullBench(Self.model)
        guard
            case .noSuchFile("Tiny-Q3.gguf", let available)? =
                await bench.fault(change: { $0.files = ["Tiny-Q3.gguf"] })
        else {
            Issue.record("expected a list")
            return
        }
        #expect(available.contains("Tiny-Q4_K_M.gguf"))
    }

    @Test func `a file in parts is refused before it is fetched`() async throws {
        let bench = try PullBench(Self.model)
        let file = "big/Tiny-BF16-00001-of-00002.gguf"
        #expect(await bench.fault { $0.files = [file] } == .splitFile(file))
    }

    @Test func `a plain server gives the files that are named`() async throws {
        let model = Self.model
        let bench = try PullBench(model) { request, _ in
            let name = String(request.target.dropFirst())
            return model.files[name].map { .file($0, request) } ?? FaultyHub.Reply(status: 404)
        }
        _ = try await bench.pull { $0.files = ["Tiny-Q8_0.gguf", "mmproj-Tiny-Q8_0.gguf"] }
        let tower = bench.target.appendingPathComponent("mmproj-Tiny-Q8_0.gguf").path
        #expect(try bench.store.locate(nil).layout == .gguf(projector: FilePath(tower)))
    }
}
