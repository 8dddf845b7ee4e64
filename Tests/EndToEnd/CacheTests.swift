import Foundation
import Testing

/// `docket cache`, as a person or a script uses it.
@Suite struct CacheTests {
    private let place: Workplace
    private var cache: URL { place.folder.appending(path: "cache") }

    init() throws { place = try Workplace() }

    private func docket(_ arguments: String..., limit: String? = nil) async throws -> Ended {
        var environment = ["DOCKET_CACHE": cache.path]
        environment["DOCKET_CACHE_LIMIT"] = limit
        return try await DocketCommand.run(["cache"] + arguments, environment: environment)
    }

    @Test func `where nothing was kept, status says so and makes nothing`() async throws {
        let ended = try await docket("status", "--json")
        #expect(ended.status == 0, ended.words)
        let status = try #require(ended.objects().first)
        #expect(status["entries"] as? Int == 0 && status["limit"] as? Int == 10_000_000_000)
        #expect(status["folder"] as? String == cache.path)
        #expect(!FileManager.default.fileExists(atPath: cache.path))
        #expect(try await docket("status").output.contains("entries  0\n"))
    }

    @Test func `prune asks what may go`() async throws {
        let ended = try await docket("prune")
        #expect(ended.status == 64, ended.words)
        #expect(ended.errors.contains("--older-than 30d"), ended.words)
        #expect(try await docket("prune", "--keep", "lots").status == 64)
        #expect(try await docket("prune", "--all", "--keep", "1GB").status == 64)
    }

    @Test func `prune of nothing removes nothing`() async throws {
        let ended = try await docket("prune", "--older-than", "30d", "--keep", "10GB", "--json")
        #expect(ended.status == 0, ended.words)
        let pruning = try #require(ended.objects().first)
        #expect(pruning["removed_entries"] as? Int == 0 && pruning["dry_run"] as? Bool == false)
    }

    @Test func `a limit that is no size is refused, with an example`() async throws {
        let ended = try await docket("status", limit: "plenty")
        #expect(ended.status == 64, ended.words)
        #expect(ended.errors.contains("20GB"), ended.words)
    }

    @Test func `a folder that is a file ends with 73 and the remedy`() async throws {
        try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            at: cache.appending(path: "index.sqlite"),
            withIntermediateDirectories: true
        )
        let ended = try await docket("status")
        #expect(ended.status == 73, ended.words)
        #expect(ended.errors.contains("DOCKET_CACHE"), ended.words)
    }
}
