import FoundationEssentials
import Glibc
import SystemPackage
import Testing

@testable import Tensors

@Suite struct PackedFileWriterTests {
    let folder: WrittenFolder

    init() throws { folder = try WrittenFolder() }

    private var path: FilePath { folder.path.appending("m.int8.docket") }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path.string).sorted()
    }

    @Test func `nothing is there before all of it is, and nothing when it is given up`() throws {
        do {
            let writer = try PackedFileWriter(path, replaces: false)
            try writer.append([1, 2, 3])
            _ = try writer.endSection("a")
            #expect(try names().filter { $0 == "m.int8.docket" }.isEmpty)
        }
        #expect(try names() == [])
    }

    @Test func `a file that is there is kept until a whole one takes its place`() throws {
        try folder.write([9], as: "m.int8.docket")
        #expect(throws: WriteFault.exists(path)) { try PackedFileWriter(path, replaces: false) }
        chmod(path.string, 0o640)
        do {
            let writer = try PackedFileWriter(path, replaces: true)
            try writer.append([UInt8](repeating: 7, count: 100))
        }
        #expect(try Data(contentsOf: URL(filePath: path.string)) == Data([9]))
        let small = try PackedBytes(in: folder, as: "m.int8.docket")
        #expect(try PackedFile(path).contents == small.contents)
        #expect(try names() == ["m.int8.docket"])
        var status = stat()
        #expect(stat(path.string, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    @Test func `a new file is its owner's alone`() throws {
        _ = try PackedBytes(in: folder, as: "m.int8.docket")
        var status = stat()
        #expect(stat(path.string, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func `a section that is taken back leaves no trace`() throws {
        let writer = try PackedFileWriter(path, replaces: false)
        try writer.append([UInt8](repeating: 1, count: 300))
        writer.restartSection()
        try writer.append([2, 3])
        let first = try writer.endSection("a")
        #expect(first.offset == 64)
        #expect(first.bytes == 2)
        try writer.append([4])
        let second = try writer.endSection("b")
        #expect(second.offset == 128)
        var contents = try PackedBytes(in: folder, as: "other.docket").contents
        contents.tensors = []
        contents.files = [first, second]
        _ = try writer.commit(contents)
        let file = try PackedFile(path)
        #expect(try file.bytes(ofFile: "a") == [2, 3])
        #expect(try file.bytes(ofFile: "b") == [4])
        #expect(file.damagedSections() == [])
    }

    @Test func `a file that somebody puts there meanwhile is not replaced unless told to`() throws {
        for replaces in [false, true] {
            let contents = try PackedBytes(in: folder, as: "other.docket").contents
            let writer = try PackedFileWriter(path, replaces: replaces)
            try folder.write([9], as: "m.int8.docket")
            var empty = contents
            (empty.files, empty.tensors) = ([], [])
            if replaces {
                _ = try writer.commit(empty)
                #expect(try PackedFile(path).contents == empty)
            } else {
                #expect(throws: WriteFault.exists(path)) { try writer.commit(empty) }
                #expect(try Data(contentsOf: URL(filePath: path.string)) == Data([9]))
                try FileManager.default.removeItem(atPath: path.string)
            }
        }
        #expect(try names() == ["m.int8.docket", "other.docket"])
    }

    @Test func `a table of contents that no reader would take is not written`() throws {
        let contents = try PackedBytes(in: folder).contents
        try FileManager.default.removeItem(
            at: URL(filePath: folder.path.string + "/small.int8.docket")
        )
        var infinite = contents
        infinite.tensors[0].error = PackingError(relative: .infinity, worstRow: 1)
        var long = contents
        long.name = String(repeating: "n", count: PackedLayout.longestContents)
        for wrong in [infinite, long] {
            try folder.write([9], as: "m.int8.docket")
            let writer = try PackedFileWriter(path, replaces: true)
            let found = #expect(throws: WriteFault.self) { try writer.commit(wrong) }
            guard case .unwritableContents(path, let byteCount) = found else {
                Issue.record("\(String(describing: found))")
                continue
            }
            #expect((byteCount ?? .max) > PackedLayout.longestContents)
            #expect(try Data(contentsOf: URL(filePath: path.string)) == Data([9]))
        }
        #expect(try names() == ["m.int8.docket"])
    }

    @Test func `what a killed writer has left goes, what one at work holds stays`() throws {
        let left = [".m.int8.docket.17-4000000000.part", ".m.int8.docket.1-2.part"]
        let others = [
            ".m.int4.docket.17-4.part", ".m.int8.docket.part", ".m.int8.docket.1-x.part",
            ".m.int8.docket.1-2-3.part", "m.int8.docket.1-2.part",
        ]
        for name in left + others { try folder.write([1], as: name) }
        let held = open(folder.path.appending(left[1]).string, O_RDWR)
        defer { close(held) }
        #expect(flock(held, LOCK_EX) == 0)
        _ = try PackedFileWriter(path, replaces: false)
        #expect(try names() == ([left[1]] + others).sorted())
    }

    @Test func `a disk without room is told before anything is written`() throws {
        do {
            _ = try PackedFileWriter(path, replaces: false, needed: 1 << 60)
            Issue.record("a file of an exabyte was begun")
        } catch .notEnoughRoom(let file, let needed, let free) {
            #expect(file == path)
            #expect(needed == 1 << 60)
            #expect(free < needed)
        }
        #expect(try names() == [])
    }

    @Test func `a folder that is not there, and a folder in the file's place, are told`() throws {
        let nowhere = folder.path.appending("none/m.docket")
        #expect(throws: WriteFault.noFolder(nowhere)) {
            try PackedFileWriter(nowhere, replaces: false)
        }
        #expect(throws: WriteFault.notAFile(folder.path)) {
            try PackedFileWriter(folder.path, replaces: true)
        }
    }
}
