import Exporting
import Foundation
import Records
import Testing

@Suite struct AtomicFileTests {
    let folder: ScratchFolder
    var file: String { folder.path + "/out.csv" }

    init() throws { folder = try ScratchFolder() }

    func write(_ text: String, to path: String) throws {
        var output = try AtomicFile(path)
        try output.write(text.utf8)
        try output.commit()
    }

    func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    func content(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test func `a new file is whole, readable by its owner only, and leaves nothing beside it`()
        throws
    {
        try write("text", to: file)
        #expect(try content(file) == "text")
        #expect(try mode(file) == 0o600)
        #expect(try folder.entries == ["out.csv"])
    }

    @Test func `a file that is replaced keeps its permissions`() throws {
        try write("old", to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        try write("new", to: file)
        #expect(try content(file) == "new")
        #expect(try mode(file) == 0o644)
    }

    @Test func `an export that fails half way leaves the old file and nothing else`() throws {
        struct Stop: Error {}
        try write("old", to: file)
        let exporter = try RecordExporter(record: [], options: ExportOptions())
        #expect(throws: Stop.self) {
            try exporter.export(to: file) { write in
                for _ in 0..<10_000 { try write(row()) }
                throw Stop()
            }
        }
        #expect(try content(file) == "old")
        #expect(try folder.entries == ["out.csv"])
    }

    @Test func `a symbolic link stays and what it leads to is replaced`() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/real",
            withIntermediateDirectories: true
        )
        try write("old", to: folder.path + "/real/data.csv")
        try FileManager.default.createSymbolicLink(
            atPath: file,
            withDestinationPath: "real/data.csv"
        )
        try write("new", to: file)
        #expect(try content(folder.path + "/real/data.csv") == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == "real/data.csv")
    }

    @Test func `a folder, a missing folder and a full device are told apart`() throws {
        #expect(throws: OutputError.isDirectory(path: folder.path)) {
            try write("", to: folder.path)
        }
        #expect(throws: OutputError.isDirectory(path: folder.path + "/x/")) {
            try write("", to: folder.path + "/x/")
        }
        let missing = folder.path + "/no/out.csv"
        #expect(throws: OutputError.noFolder(path: missing)) { try write("", to: missing) }
        #expect(throws: OutputError.diskFull(path: "/dev/full")) { try write("x", to: "/dev/full") }
    }

    @Test func `a device is written, not replaced`() throws {
        try write("x", to: "/dev/null")
        let attributes = try FileManager.default.attributesOfItem(atPath: "/dev/null")
        #expect(attributes[.type] as? FileAttributeType == .typeCharacterSpecial)
    }

    @Test func `a name of 255 bytes can be written`() throws {
        let name = String(repeating: "n", count: 255)
        try write("x", to: folder.path + "/" + name)
        #expect(try folder.entries == [name])
    }

    @Test func `a large export arrives whole and takes no memory`() throws {
        let record = [FieldDefinition(name: "merchant", type: .text)]
        let exporter = try RecordExporter(record: record, options: ExportOptions())
        let before = residentBytes()
        let one = row("p", ["merchant": .text("Shop")])
        let count = try exporter.export(to: file) { write in
            for _ in 0..<100_000 { try write(one) }
        }
        #expect(count == 100_000)
        let lines = try Data(contentsOf: URL(filePath: file)).count { $0 == UInt8(ascii: "\n") }
        #expect(lines == 100_001)
        #expect(residentBytes() - before < 64_000_000)
    }

    private func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 }
            ?? 0
    }
}
