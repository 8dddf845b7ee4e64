import Foundation
import Sandbox
import Testing

@Suite struct WalledProgramTests {
    @Test func `standard input, output and error and the exit status are the program's`() throws {
        let copy = try Probe.run(["cat"], input: "a document\n")
        #expect(copy.output == "a document\n" && copy.status == 0 && copy.errors == "")
        let failing = try Probe.run(["sh", "-c", "echo why >&2; exit 7"])
        #expect(failing.status == 7 && failing.errors == "why\n")
    }

    @Test func `what runs without walls is refused behind them`() throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write("secret", "a secret", mode: 0o666)
        let script = try folder.write(
            "tries",
            """
            attempt() { if "$@" >/dev/null 2>&1; then echo "did: $*"; fi; }
            attempt cat \(secret)
            attempt ls \(folder.path)
            attempt ls /home
            attempt cat /etc/hostname
            attempt cat /etc/ssl/openssl.cnf
            attempt cat /proc/1/cmdline
            attempt cat /proc/self/root/etc/hostname
            attempt cat /proc/self/cwd/Package.swift
            attempt cat /proc/$PPID/environ
            attempt cp /bin/true \(folder.path)/copy
            attempt touch \(folder.path)/new
            attempt touch /tmp/docket-walls-new
            attempt touch \(secret)
            attempt chmod 600 \(secret)
            attempt rm \(secret)
            attempt mv \(secret) \(secret)2
            attempt ln -s x \(folder.path)/link
            attempt mkdir \(folder.path)/folder
            attempt sh -c 'echo x > \(secret)'
            attempt sh -c 'echo x > /dev/shm/docket-walls'
            attempt truncate -s 0 \(secret)
            attempt kill -TERM $PPID
            attempt kill -TERM 1
            attempt setsid -w true
            attempt nice -n 5 unshare -U true
            attempt mount -t tmpfs none /mnt
            echo tried
            """
        )
        let result = try Probe.run(["bash", script])
        #expect(result.output == "tried\n", "\(result.errors)")
        #expect(FileManager.default.contents(atPath: secret) == Data("a secret".utf8))
    }

    @Test func `the network is closed`() throws {
        let listener = try Listener()
        let open = "exec 5<>/dev/tcp/127.0.0.1/\(listener.port) && echo connected"
        let outside = Process()
        outside.executableURL = URL(fileURLWithPath: "/bin/bash")
        outside.arguments = ["-c", open]
        outside.standardOutput = FileHandle.nullDevice
        try outside.run()
        outside.waitUntilExit()
        try #require(outside.terminationStatus == 0)
        let result = try Probe.run(["bash", "-c", open])
        #expect(result.output == "" && result.status != 0)
    }

    @Test func `files that the arguments name can be read, their neighbours cannot`() throws {
        let folder = try TemporaryFolder()
        let named = try folder.write("named", "named\n")
        let option = try folder.write("option", "option\n")
        let other = try folder.write("other", "other\n")
        let inside = try folder.write("data/inside", "inside\n")
        let script = try folder.write(
            "engine",
            "#!/bin/sh\ncat \(named) \(option) \(inside) \(other) 2>/dev/null; exit 0\n",
            mode: 0o755
        )
        let result = try Probe.run([script, named, "--file=\(option)", folder.path + "/data"])
        #expect(result.output == "named\noption\ninside\n", "\(result)")
        let none = try Probe.run([script])
        #expect(none.output == "")
    }

    @Test func `a folder above the home of the user is not meant`() throws {
        let home = try TemporaryFolder()
        let secret = try home.write("letters/secret", "a secret")
        for argument in [home.path, (home.path as NSString).deletingLastPathComponent, "/"] {
            let result = try Probe.run(
                ["cat", secret + "x", argument],
                environment: ["HOME": home.path]
            )
            #expect(!result.output.contains("a secret"))
            let listing = try Probe.run(
                ["sh", "-c", "cat \(secret)", argument],
                environment: ["HOME": home.path]
            )
            #expect(listing.output == "" && listing.status != 0, "\(argument)")
        }
    }

    @Test func `a program brings what lies beside it`() throws {
        let folder = try TemporaryFolder()
        let library = try folder.write("own/lib/words", "from its library\n")
        _ = try folder.write("own/bin/interpreter", "#!/bin/sh\ncat \(library)\n", mode: 0o755)
        let engine = try folder.write(
            "engine",
            "#!\(folder.path)/own/bin/interpreter -x\n",
            mode: 0o755
        )
        let result = try Probe.run([engine])
        #expect(result.output == "from its library\n", "\(result)")
    }

    @Test func `standard input can be opened by name, and null be written`() throws {
        let result = try Probe.run(
            ["sh", "-c", "cat /dev/stdin; echo gone > /dev/null; head -c 4 /dev/zero | wc -c"],
            input: "a document\n"
        )
        #expect(result.output == "a document\n4\n", "\(result)")
    }

    @Test func `a program that is missing or cannot be run is named`() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write("plain", "echo never\n")
        for name in ["no-such-program-anywhere", folder.path + "/nothing", ""] where !name.isEmpty {
            let result = try Probe.run([name])
            #expect(result.status == 127 && result.errors.contains(name), "\(result)")
        }
        for name in [plain, folder.path] {
            let result = try Probe.run([name])
            #expect(result.status == 126 && result.errors.contains(name), "\(result)")
        }
        let broken = try folder.write("broken", "#!/no/such/interpreter\n", mode: 0o755)
        #expect(try Probe.run([broken]).status == 127)
    }

    @Test(arguments: [
        [], ["cat"], ["--as", "x", "--cpu", "1", "--", "cat"], ["--as", "1", "--cpu", "1", "cat"],
        ["--as", "1000000000", "--cpu", "1", "--"], ["--as", "-5", "--cpu", "1", "--", "cat"],
    ])
    func `a wrong command line runs nothing`(arguments: [String]) throws {
        let result = try Probe.start(["walled"] + arguments)
        #expect(result.status == 125 && result.errors.contains("expected: walled --as"))
    }

    @Test func `memory and processor time are limited`() throws {
        let memory = try Probe.run(
            ["sh", "-c", "head -c 1000000000 /dev/zero | tail -c 900000000 | wc -c"],
            addressSpaceBytes: 300_000_000
        )
        #expect(memory.output.trimmingCharacters(in: .whitespacesAndNewlines) != "900000000")
        let time = try Probe.run(["sh", "-c", "trap '' XCPU; while :; do :; done"], cpuSeconds: 1)
        #expect(time.signalled)
    }

    @Test func `output beyond the limit ends the program`() throws {
        let arguments = WalledProgram.arguments(
            for: ["head", "-c", "3000000", "/dev/zero"],
            addressSpaceBytes: 1 << 30,
            cpuSeconds: 5,
            fileBytes: 1_000_000
        )
        let result = try Probe.start(arguments)
        #expect(result.signalled && result.status == SIGXFSZ)
        #expect(result.output.utf8.count == 1_000_000)
    }

    @Test func `all that a program starts ends with its group, and cannot leave it`() async throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Probe.path)
        process.arguments = WalledProgram.arguments(
            for: ["bash", "-c", "(trap '' TERM; setsid sleep 60; sleep 60) & echo $!; wait"],
            addressSpaceBytes: 1 << 30,
            cpuSeconds: 5
        )
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let child = try #require(pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(getpgid(child) == process.processIdentifier)
        #expect(kill(-process.processIdentifier, SIGKILL) == 0)
        process.waitUntilExit()
        #expect(try await isSoonGone(child))
    }

    @Test func `a program that is to be alone can start no other`() throws {
        let script = "echo first; (echo second); echo third"
        #expect(try Probe.run(["bash", "-c", script]).output == "first\nsecond\nthird\n")
        let alone = try Probe.run(["bash", "-c", script], alone: true)
        #expect(alone.output == "first\n", "\(alone)")
        let other = try Probe.run(["bash", "-c", "exec echo became"], alone: true)
        #expect(other.output == "became\n")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")))
    func `poppler reads a document from standard input`() throws {
        let text = "BT /F1 24 Tf 20 100 Td (Hello walls) Tj ET"
        let document = """
            %PDF-1.4
            1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
            2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
            3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>> endobj
            4 0 obj <</Length \(text.count)>> stream
            \(text)
            endstream endobj
            5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
            trailer <</Root 1 0 R>>
            """
        let result = try Probe.run(["pdftotext", "-", "-"], input: document, alone: true)
        #expect(result.output.contains("Hello walls"), "\(result)")
        let picture = try Probe.run(
            ["pdftoppm", "-r", "72", "-gray", "-"],
            input: document,
            alone: true
        )
        #expect(picture.status == 0 && picture.output.hasPrefix("P5"))
    }
}
