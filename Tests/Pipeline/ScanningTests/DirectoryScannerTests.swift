import Glibc
import Scanning
import SystemPackage
import Testing

@Suite struct DirectoryScannerTests {
    private func scanner(
        _ folder: TemporaryFolder,
        include: [String] = ["**/*"],
        exclude: [String] = [],
        limits: ScanLimits = .standard
    ) throws -> DirectoryScanner {
        DirectoryScanner(
            folder: folder.path,
            include: try include.map { try Glob($0) },
            exclude: try exclude.map { try Glob($0) },
            limits: limits
        )
    }

    private func events(_ scanner: DirectoryScanner) throws -> [ScanEvent] {
        var events: [ScanEvent] = []
        while let event = try scanner.next() { events.append(event) }
        return events
    }

    private func paths(_ scanner: DirectoryScanner) throws -> [String] {
        try events(scanner).map { event in
            guard case .file(let file) = event else { return "\(event)" }
            return displayPath(file.path)
        }
    }

    @Test func `files come in the order of their whole paths' bytes`() throws {
        let folder = try TemporaryFolder()
        for path in ["a/z", "a-b", "a.txt", "a/b/c", "A", "ab", "a0", "b"] { try folder.file(path) }
        #expect(
            try paths(scanner(folder)) == ["A", "a-b", "a.txt", "a/b/c", "a/z", "a0", "ab", "b"]
        )
    }

    @Test(arguments: 0..<12)
    func `any tree comes in order and whole, whatever the limits`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let folder = try TemporaryFolder()
        // Few letters, around the slash in value, make for names that begin with each other.
        let letters: [UInt8] = [0x2E, 0x2D, 0x30, 0x61, 0x62, 0xE9, 0x0A, 0x20, 0x01]
        var expected: Set<[UInt8]> = []
        for _ in 0..<150 {
            let names = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    letters[Int.random(in: 0..<letters.count, using: &random)]
                }
            }
            guard !names.contains([0x2E]), !names.contains([0x2E, 0x2E]) else { continue }
            let path = Array(names.joined(separator: [0x2F]))
            // A name may already be a folder, or a folder's name a file.
            if (try? folder.file(path)) != nil { expected.insert(path) }
        }
        let sorted = expected.sorted { $0.lexicographicallyPrecedes($1) }
        for limits in [
            ScanLimits.standard,
            ScanLimits(nameBytes: 1, depth: 100, openFolders: 3),
            ScanLimits(nameBytes: 400, depth: 100, openFolders: 3),
        ] {
            let found = try events(scanner(folder, limits: limits)).map(\.path)
            #expect(found == sorted)
        }
    }

    @Test func `a folder with more names than fit is listed in several passes`() throws {
        let folder = try TemporaryFolder()
        for number in 0..<800 { try folder.file("in/scan_\(number * 7919 % 800).jpg") }
        try folder.file("in/sub/last.jpg")
        try folder.link("in/scan_1_link", to: "sub")
        let whole = try paths(scanner(folder))
        #expect(whole.count == 802)
        let small = ScanLimits(nameBytes: 4096, depth: 10, openFolders: 8)
        #expect(try paths(scanner(folder, limits: small)) == whole)
    }

    @Test func `odd names are found as they are`() throws {
        let folder = try TemporaryFolder()
        let names: [[UInt8]] = [
            Array(" ".utf8), Array("a\nb".utf8), [0xFF, 0xFE], Array("-rf *".utf8),
            [UInt8](repeating: 0x78, count: 255), Array("\u{202E}gpj.exe".utf8), [0x5C],
        ]
        for name in names { try folder.file(name) }
        let found = try events(scanner(folder)).map(\.path)
        #expect(found == names.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test func `paths longer than the system takes in one call are found and opened`() throws {
        let folder = try TemporaryFolder()
        let name = [UInt8](repeating: 0x64, count: 200)
        let path =
            Array([[UInt8]](repeating: name, count: 45).joined(separator: [0x2F]))
            + Array("/scan.jpg".utf8)
        try folder.file(path, Array("deep".utf8))
        let limits = ScanLimits(nameBytes: 1 << 20, depth: 100, openFolders: 4)
        let found = try events(scanner(folder, include: ["**/*.jpg"], limits: limits))
        #expect(found.map(\.path) == [path])
        let document = try DocumentFile(path, in: OpenFolder(folder.path), byteLimit: 100)
        #expect(document.byteCount == 4)
        #expect(try OpenFolder(folder.path).stamp(of: path) == document.stamp)
    }

    @Test func `what include does not name and exclude does is left out, folders and all`() throws {
        let folder = try TemporaryFolder()
        for path in [
            "a.jpg", "a.txt", ".hidden.jpg", ".git/x.jpg", "x/.git/y.jpg", "x/b.JPG",
            "node/k/c.jpg", "tmp/d.jpg", "tmp",
        ] { try? folder.file(path) }
        let found = try paths(
            scanner(folder, include: ["**/*.jpg"], exclude: ["**/.*", "node/**", "TMP"])
        )
        #expect(found == ["a.jpg", "x/b.JPG"])
        #expect(try paths(scanner(folder, include: [])) == [])
        #expect(try paths(scanner(folder, include: ["x/*"])) == ["x/b.JPG"])
    }

    @Test func `folders in which nothing can match are not even opened`() throws {
        let folder = try TemporaryFolder()
        // A link to itself by way of its parent would be reported if it were entered.
        try folder.file("wanted/a.jpg")
        try folder.link("other/loop", to: "..")
        try folder.link(".git/loop", to: "..")
        #expect(try paths(scanner(folder, include: ["wanted/*"])) == ["wanted/a.jpg"])
        let all = try events(scanner(folder, exclude: [".git/**"]))
        #expect(all.contains(.loop(path: Array("other/loop".utf8))))
        #expect(!all.contains(.loop(path: Array(".git/loop".utf8))))
    }

    @Test func `links are followed, and those that lead nowhere are said`() throws {
        let folder = try TemporaryFolder()
        let elsewhere = try TemporaryFolder()
        try elsewhere.file("real/scan.jpg")
        try folder.file("here.jpg")
        try folder.link("file.jpg", to: "\(elsewhere.path)/real/scan.jpg")
        try folder.link("folder", to: "\(elsewhere.path)/real")
        try folder.link("gone.jpg", to: "nowhere")
        try folder.link("self.jpg", to: "self.jpg")
        try folder.link("gone.txt", to: "nowhere")
        let found = try events(scanner(folder, include: ["**/*.jpg"]))
        #expect(
            found.map { displayPath($0.path) } == [
                "file.jpg", "folder/scan.jpg", "gone.jpg", "here.jpg", "self.jpg",
            ]
        )
        #expect(found[2] == .danglingLink(path: Array("gone.jpg".utf8)))
        #expect(found[4] == .danglingLink(path: Array("self.jpg".utf8)))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a folder that leads back into itself ends`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a/b/scan.jpg")
        try folder.link("a/b/up", to: "..")
        try folder.link("a/dot", to: ".")
        try folder.link("root", to: folder.path.string)
        let found = try events(scanner(folder))
        #expect(
            found.filter { !$0.isMatch } == [
                .loop(path: Array("a/b/up".utf8)), .loop(path: Array("a/dot".utf8)),
                .loop(path: Array("root".utf8)),
            ]
        )
        #expect(found.filter(\.isMatch).map { displayPath($0.path) } == ["a/b/scan.jpg"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `a pipe is named and never opened`() throws {
        let folder = try TemporaryFolder()
        try folder.pipe("a.jpg")
        try folder.pipe("b.txt")
        try folder.link("c.jpg", to: "a.jpg")
        try folder.link("d.jpg", to: "/dev/null")
        #expect(
            try events(scanner(folder, include: ["*.jpg"])) == [
                .notRegular(path: Array("a.jpg".utf8), .pipe),
                .notRegular(path: Array("c.jpg".utf8), .pipe),
                .notRegular(path: Array("d.jpg".utf8), .characterDevice),
            ]
        )
    }

    @Test(.enabled(if: isBoundByRights, "root may read every folder"))
    func `a folder without the right to list it is said and the rest goes on`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a/x")
        try folder.file("c/x")
        try folder.folder("b", mode: 0)
        #expect(
            try events(scanner(folder)).map { displayPath($0.path) } == ["a/x", "b", "c/x"]
        )
        #expect(
            try events(scanner(folder))[1]
                == .unreadableFolder(path: Array("b".utf8), .permissionDenied)
        )
    }

    @Test(.enabled(if: !isBoundByRights, "only root can take on another user's rights"))
    func `as another user an unreadable folder is said and the rest goes on`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a/x")
        try folder.folder("b", mode: 0)
        try folder.file("c/x")
        // List-only: names are seen but nothing about them.
        try folder.file("d/y")
        for name in ["a", "c"] { try folder.setMode(name, 0o755) }
        try folder.setMode("d", 0o744)
        _ = folder.path.withPlatformString { chmod($0, 0o755) }
        let found = try AnotherUser.run { try events(scanner(folder)) }
        #expect(found.map { displayPath($0.path) } == ["a/x", "b", "c/x", "d/y"])
        #expect(found[1] == .unreadableFolder(path: Array("b".utf8), .permissionDenied))
        #expect(found[3] == .unreadableFile(path: Array("d/y".utf8), .permissionDenied))
    }

    @Test func `a folder nested too deep is said, not entered`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a/b/c/d")
        try folder.file("a/x")
        let limits = ScanLimits(nameBytes: 4096, depth: 2, openFolders: 8)
        #expect(
            try events(scanner(folder, limits: limits)).map { displayPath($0.path) } == [
                "a/b", "a/x",
            ]
        )
        #expect(try events(scanner(folder, limits: limits))[0] == .tooDeep(path: Array("a/b".utf8)))
    }

    @Test func `few folders are open at once, however deep the tree`() throws {
        let folder = try TemporaryFolder()
        let deep = (0..<120).map { _ in "d" }.joined(separator: "/")
        try folder.file(deep + "/x")
        for level in 1..<120 { try folder.file(deep.prefix(level * 2) + "z") }
        let before = openDescriptors()
        let limits = ScanLimits(nameBytes: 1 << 20, depth: 200, openFolders: 5)
        let scanner = try scanner(folder, limits: limits)
        var found: [[UInt8]] = []
        var most = 0
        while let event = try scanner.next() {
            found.append(event.path)
            most = max(most, openDescriptors() - before)
        }
        #expect(found.count == 120)
        #expect(found == found.sorted { $0.lexicographicallyPrecedes($1) })
        // Other tests open files at the same time; 120 would show.
        #expect(most < 60)
    }

    @Test func `a missing folder, a file and an unusual path are told apart`() throws {
        let folder = try TemporaryFolder()
        try folder.file("file")
        let missing = folder.path.appending("nothing")
        #expect(throws: ScanError.missingFolder(missing)) {
            try DirectoryScanner(folder: missing, include: [Glob("*")], exclude: []).next()
        }
        let file = folder.path.appending("file")
        #expect(throws: ScanError.notAFolder(file)) { try OpenFolder(file) }
        #expect(throws: ScanError.missingFolder("")) { try OpenFolder("") }
    }

    @Test func `a folder that changes under the scanner is walked to its end`() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b", "c", "d", "e"] {
            for number in 0..<20 { try folder.file("\(name)/\(number)") }
        }
        let scanner = try scanner(
            folder,
            limits: ScanLimits(nameBytes: 200, depth: 9, openFolders: 3)
        )
        #expect(try scanner.next()?.path == Array("a/0".utf8))
        try folder.remove("a/5")
        try folder.remove("b")
        try folder.remove("c")
        try folder.file("c", "now a file")
        try folder.rename("d", to: "f")
        var rest: [String] = []
        while let event = try scanner.next() { rest.append(displayPath(event.path)) }
        #expect(!rest.contains("a/5"))
        #expect(!rest.contains { $0.hasPrefix("b/") })
        #expect(rest.filter { $0.hasPrefix("a/") }.count == 18)
        #expect(rest.filter { $0.hasPrefix("e/") }.count == 20)
        #expect(Set(rest).count == rest.count)
    }

    @Test func `a folder replaced while its own subfolder was walked is not taken for the old one`()
        throws
    {
        let folder = try TemporaryFolder()
        try folder.file("a/b/c/d/e/1")
        try folder.file("a/b/c/d/e/2")
        try folder.file("a/z")
        let scanner = try scanner(
            folder,
            limits: ScanLimits(nameBytes: 4096, depth: 9, openFolders: 3)
        )
        #expect(try scanner.next()?.path == Array("a/b/c/d/e/1".utf8))
        try folder.rename("a", to: "old")
        try folder.file("a/z")
        #expect(try scanner.next()?.path == Array("a/b/c/d/e/2".utf8))
        #expect(
            try scanner.next() == .unreadableFolder(path: Array("a".utf8), .staleNFSFileHandle)
        )
        #expect(try scanner.next() == nil)
    }

    private func openDescriptors() -> Int {
        (0..<1024).count { fcntl(Int32($0), F_GETFD) >= 0 }
    }
}

/// The same numbers for the same seed, so that a failure can be seen again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
