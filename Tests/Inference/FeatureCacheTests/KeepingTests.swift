import FeatureCache
import Foundation
import Glibc
import Qwen
import SystemPackage
import Testing

/// What stays on disk, for how long, and for whose eyes.
@Suite struct KeepingTests {
    private let place = CachePlace()

    private func seen(_ number: Int) -> SeenPicture {
        // Small, as what is on them does not matter.
        let pixels = (0..<64 * 64 * 3).map { UInt8(truncatingIfNeeded: ($0 &* (number &+ 3)) >> 3) }
        return SeenPicture(RGBPicture(width: 64, height: 64, pixels: pixels), digits: "\(number)")
    }

    @Test func `only the owner can read any of it`() throws {
        let cache = place.open()
        cache.store(features(1), of: seen(1))
        let names = try FileManager.default.subpathsOfDirectory(atPath: place.folder.string)
        #expect(names.contains("index.sqlite"))
        for name in names + [""] {
            let path = place.folder.string + "/" + name
            let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect((rights as? Int ?? -1) & 0o077 == 0, "\(name)")
        }
    }

    @Test func `digits that were read stand in no file`() throws {
        let cache = place.open()
        let picture = RGBPicture(width: 64, height: 64, pixels: .init(repeating: 9, count: 12288))
        cache.store(features(1), of: SeenPicture(picture, digits: "4006381333931"))
        for name in try FileManager.default.subpathsOfDirectory(atPath: place.folder.string) {
            guard let data = FileManager.default.contents(atPath: place.folder.string + "/" + name)
            else { continue }
            #expect(data.range(of: Data("4006381333931".utf8)) == nil, "\(name)")
        }
    }

    @Test func `beyond the limit what was not used for longest goes, files and all`() throws {
        let one = try #require(place.sizeOfOne(features(1, tokens: 100), seen(1)))
        let cache = place.open(limit: one * 3 + one / 2)
        for number in 1...3 {
            cache.store(features(number, tokens: 100), of: seen(number))
            usleep(2000)
        }
        // The first is used again, so that the second is the oldest.
        #expect(cache.lookUp(seen(1)) == .exact(features(1, tokens: 100)))
        usleep(2000)
        cache.store(features(4, tokens: 100), of: seen(4))
        #expect(place.entryFiles().count == 3)
        guard case .absent = cache.lookUp(seen(2)) else {
            Issue.record("the second is still there")
            return
        }
        for number in [1, 3, 4] {
            #expect(cache.lookUp(seen(number)) == .exact(features(number, tokens: 100)))
        }
    }

    @Test func `a limit of nothing is no cache, without a word`() {
        let cache = place.open(limit: 0)
        cache.store(features(1), of: seen(1))
        #expect(cache.lookUp(seen(1)) == .nothing)
        #expect(!FileManager.default.fileExists(atPath: place.folder.string))
        #expect(place.said.isEmpty)
    }

    @Test func `features with what is no number are not kept`() {
        let cache = place.open()
        let broken = PictureFeatures(
            grid: PatchGrid(time: 1, rows: 2, columns: 2),
            tokenCount: 1,
            width: 2,
            embeddings: [1, .nan],
            deepstack: []
        )
        cache.store(broken, of: seen(1))
        #expect(place.entryFiles().isEmpty)
        #expect(throws: NotANumber.self) { try broken.roundedToHalf() }
    }

    @Test func `several handles at once lose nothing and agree on everything`() async throws {
        let place = place
        let folder = place.folder
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    let cache = FeatureCache(CacheLocation(folder: folder), model: "model") {
                        Issue.record("\($0)")
                    }
                    for number in 0..<12 {
                        let seen = KeepingTests.plain((number + worker * 3) % 12)
                        let expected = features((number + worker * 3) % 12)
                        switch cache.lookUp(seen) {
                        case .exact(let found): #expect(found == expected)
                        case .near: Issue.record("a near hit")
                        case .absent: cache.store(expected, of: seen)
                        }
                    }
                }
            }
        }
        #expect(place.entryFiles().count == 12)
        #expect(try place.care.status().entries == 12)
        let cache = place.open()
        for number in 0..<12 {
            #expect(cache.lookUp(Self.plain(number)) == .exact(features(number)))
        }
    }

    private static func plain(_ number: Int) -> SeenPicture {
        let pixels = (0..<64 * 64 * 3).map { UInt8(truncatingIfNeeded: ($0 &* (number &+ 5)) >> 4) }
        return SeenPicture(RGBPicture(width: 64, height: 64, pixels: pixels), digits: "\(number)")
    }

    // MARK: Care

    @Test func `status counts what came of look-ups, by model`() throws {
        let receipt = DrawnReceipt.numbered(7)
        let cache = place.open(model: "a")
        _ = cache.lookUp(receipt.seen)
        cache.store(features(1), of: receipt.seen)
        _ = cache.lookUp(receipt.seen)
        _ = cache.lookUp(SeenPicture(receipt.drawn().coded(quality: 90), digits: receipt.digits))
        _ = cache.lookUp(
            SeenPicture(receipt.withOtherDigit(line: 3).drawn(), digits: receipt.digits)
        )
        _ = cache.lookUp(
            SeenPicture(receipt.drawn().scaled(width: 256, height: 352), digits: receipt.digits)
        )
        _ = place.open(model: "b").lookUp(receipt.seen)
        let status = try place.care.status()
        let a = try #require(status.models.first { $0.name == "a" })
        #expect(a.entries == 1 && a.exactHits == 1 && a.nearHits == 1 && a.misses == 3)
        #expect(a.rejectedNear == 1 && a.likelyDuplicates == 1)
        #expect(status.models.first { $0.name == "b" }?.misses == 1)
        #expect(status.byteLimit == CacheLocation.usualByteLimit)
        let size = try place.entryFiles().map {
            try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        }
        #expect(status.bytes == size.reduce(0, +))
    }

    @Test func `prune removes by age and by size, oldest first, and a trial removes nothing`()
        throws
    {
        let cache = place.open()
        for number in 1...5 {
            cache.store(features(number), of: seen(number))
            usleep(3000)
        }
        let size = try place.care.status().bytes / 5
        let trial = try place.care.prune(unusedSince: nil, keptBytes: size * 2, isTrial: true)
        #expect(trial.removedEntries == 3 && trial.keptEntries == 2)
        #expect(place.entryFiles().count == 5)
        #expect(
            try place.care.prune(unusedSince: .seconds(3600), keptBytes: nil, isTrial: false)
                .removedEntries == 0
        )
        let done = try place.care.prune(unusedSince: nil, keptBytes: size * 2, isTrial: false)
        #expect(done == trial && done.removedBytes == size * 3)
        #expect(cache.lookUp(seen(5)) == .exact(features(5)))
        #expect(place.entryFiles().count == 2)
        let all = try place.care.prune(unusedSince: .zero, keptBytes: nil, isTrial: false)
        #expect(all.removedEntries + all.keptEntries == 2)
        _ = try place.care.prune(unusedSince: nil, keptBytes: 0, isTrial: false)
        #expect(place.entryFiles().isEmpty)
        #expect(try place.care.status().bytes == 0)
    }

    @Test func `where there is no cache there is nothing to tell and nothing to remove`() throws {
        #expect(try place.care.status().entries == 0)
        #expect(
            try place.care.prune(unusedSince: nil, keptBytes: 0, isTrial: false).removedEntries == 0
        )
        #expect(!FileManager.default.fileExists(atPath: place.folder.string))
    }
}

extension CachePlace {
    /// Bytes of one entry's file, found in a cache beside.
    func sizeOfOne(_ features: PictureFeatures, _ seen: SeenPicture) -> Int? {
        let beside = CachePlace()
        beside.open().store(features, of: seen)
        return try? beside.care.status().bytes
    }
}
