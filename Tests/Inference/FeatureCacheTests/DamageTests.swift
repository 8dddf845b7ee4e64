import FeatureCache
import Foundation
import Glibc
import Qwen
import SystemPackage
import Testing

/// Whatever happens to its files: the cache forgets, says so once, and nothing fails.
@Suite struct DamageTests {
    private let place = CachePlace()
    private let receipt = DrawnReceipt.numbered(3)

    private func fill(_ count: Int = 3) {
        let cache = place.open()
        for number in 0..<count {
            cache.store(features(number), of: DrawnReceipt.numbered(number, lineCount: 4).seen)
        }
    }

    private func seen(_ number: Int) -> SeenPicture {
        DrawnReceipt.numbered(number, lineCount: 4).seen
    }

    private var index: URL { URL(fileURLWithPath: place.folder.appending("index.sqlite").string) }

    @Test(arguments: [0, 9, 13, 40, 200, 5000, -1, -2000])
    func `an entry with one wrong byte is forgotten, said once, and can be stored again`(
        position: Int
    ) throws {
        fill(2)
        for file in place.entryFiles() {
            var bytes = try Data(contentsOf: file)
            let place = position < 0 ? bytes.count + position : position
            bytes[place % bytes.count] ^= 0x40
            try bytes.write(to: file)
        }
        let cache = place.open()
        for number in 0..<2 {
            guard case .absent = cache.lookUp(seen(number)) else {
                // Colour and brightness of the comparison picture are not read for the same pixels.
                #expect(cache.lookUp(seen(number)) == .exact(features(number)))
                continue
            }
            cache.store(features(number), of: seen(number))
            #expect(cache.lookUp(seen(number)) == .exact(features(number)))
        }
        #expect(place.said.count <= 1)
    }

    @Test(arguments: [0, 10, 100, 3000])
    func `an entry that was cut short is forgotten`(count: Int) throws {
        fill(1)
        let file = try #require(place.entryFiles().first)
        try Data(contentsOf: file).prefix(count).write(to: file)
        let cache = place.open()
        #expect(cache.lookUp(seen(0)) == .nothing)
        guard case .damagedEntry = try #require(place.said.first) else {
            Issue.record("\(place.said)")
            return
        }
        #expect(place.entryFiles().isEmpty)
        #expect(try place.care.status().entries == 0)
    }

    @Test func `a damaged donor is no donor`() throws {
        fill(1)
        let file = try #require(place.entryFiles().first)
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: file)
        let receipt = DrawnReceipt.numbered(0, lineCount: 4)
        let copy = SeenPicture(receipt.drawn().withNoise(2), digits: receipt.digits)
        guard case .absent = place.open().lookUp(copy) else {
            Issue.record("served from a damaged file")
            return
        }
    }

    @Test func `an entry that a person removed is not missed`() throws {
        fill(1)
        try FileManager.default.removeItem(at: try #require(place.entryFiles().first))
        let cache = place.open()
        #expect(cache.lookUp(seen(0)) == .nothing)
        #expect(place.said.isEmpty)
        #expect(try place.care.status().entries == 0)
    }

    @Test func `an entry under another's name is not served`() throws {
        fill(2)
        let files = place.entryFiles()
        let first = try Data(contentsOf: files[0])
        try Data(contentsOf: files[1]).write(to: files[0])
        try first.write(to: files[1])
        let cache = place.open()
        for number in 0..<2 { #expect(cache.lookUp(seen(number)) == .nothing) }
        #expect(place.said.count == 1)
    }

    @Test(arguments: ["overwritten", "cut", "no database", "gone"])
    func `a damaged index is made anew from the entries`(how: String) throws {
        fill(3)
        var bytes = try Data(contentsOf: index)
        switch how {
        case "overwritten":
            for place in 4096..<bytes.count {
                bytes[place] = UInt8(truncatingIfNeeded: place &* 31)
            }
        case "cut": bytes = bytes.prefix(bytes.count / 2)
        case "no database": bytes = Data("not a database at all, just some words".utf8)
        default: bytes = Data()
        }
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: index.path + suffix)
        }
        try bytes.write(to: index)
        let cache = place.open()
        // One that is gone or empty is no damage: nobody knows of the entries, and they are stored again.
        for number in 0..<3 {
            switch cache.lookUp(seen(number)) {
            case .exact(let found): #expect(found == features(number))
            case .near: Issue.record("a near hit")
            case .absent: cache.store(features(number), of: seen(number))
            }
        }
        for number in 0..<3 { #expect(cache.lookUp(seen(number)) == .exact(features(number))) }
        #expect(place.said.count == (how == "gone" ? 0 : 1), "\(place.said)")
    }

    @Test func `an index of another version is made anew, once`() throws {
        fill(3)
        var bytes = try Data(contentsOf: index)
        // `user_version` of SQLite's header.
        bytes.replaceSubrange(60..<64, with: [0, 0, 0, 99])
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: index.path + suffix)
        }
        try bytes.write(to: index)
        let cache = place.open()
        #expect(place.said == [.otherVersion(FilePath(index.path), kept: 3)])
        for number in 0..<3 { #expect(cache.lookUp(seen(number)) == .exact(features(number))) }
    }

    @Test func `a folder that is a file is no cache, said once`() throws {
        try Data().write(to: URL(fileURLWithPath: place.folder.string))
        let cache = place.open()
        cache.store(features(1), of: seen(1))
        #expect(cache.lookUp(seen(1)) == .nothing)
        #expect(place.said.count == 1)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write anywhere"))
    func `a folder that may only be read is no cache, said once`() throws {
        fill(1)
        chmod(place.folder.string, 0o500)
        defer { chmod(place.folder.string, 0o700) }
        let cache = place.open()
        cache.store(features(2), of: seen(2))
        _ = cache.lookUp(seen(1))
        #expect(place.said.count == 1)
    }

    @Test func `where files cannot be written any more nothing is kept, said once`() throws {
        fill(1)
        let cache = place.open()
        let partial = place.folder.appending("partial").string
        try FileManager.default.removeItem(atPath: partial)
        try Data().write(to: URL(fileURLWithPath: partial))
        cache.store(features(1), of: seen(1))
        cache.store(features(2), of: seen(2))
        #expect(cache.lookUp(seen(1)) == .nothing)
        #expect(place.said.count == 1)
    }
}
