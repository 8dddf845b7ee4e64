import Foundation
import SystemPackage
import Testing

@testable import Tokenization

@Suite struct TokenizerFaultTests {
    /// The fault of `tokenizer.json` with one text replaced.
    private func fault(replacing old: String, with new: String) -> TokenizerFault? {
        do {
            _ = try SmallTokenizer.load(replacing: old, with: new)
            return nil
        } catch let fault as TokenizerFault {
            return fault
        } catch {
            Issue.record(error)
            return nil
        }
    }

    private func fault(of text: String) -> TokenizerFault? {
        do throws(TokenizerFault) {
            _ = try Tokenizer(TokenizerJSON.parts(Array(text.utf8), file: "tokenizer.json"))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("\"type\": \"NFC\"", "\"type\": \"NFKC\"", "normalizer"),
        ("\"type\": \"Split\"", "\"type\": \"Whitespace\"", "pre_tokenizer"),
        ("\\\\p{N}|", "\\\\p{N}{1,3}|", "pre_tokenizer.pattern"),
        ("\"behavior\": \"Isolated\"", "\"behavior\": \"Removed\"", "pre_tokenizer.behavior"),
        ("\"invert\": false", "\"invert\": true", "pre_tokenizer.invert"),
        ("\"use_regex\": false", "\"use_regex\": true", "pre_tokenizer.use_regex"),
        ("\"type\": \"BPE\"", "\"type\": \"Unigram\"", "model.type"),
        ("\"byte_fallback\": false", "\"byte_fallback\": true", "model.byte_fallback"),
        ("\"ignore_merges\": false", "\"ignore_merges\": true", "model.ignore_merges"),
        ("\"dropout\": null", "\"dropout\": 0.1", "model.dropout"),
        (
            "\"post_processor\": null", "\"post_processor\": {\"type\": \"TemplateProcessing\"}",
            "post_processor"
        ),
    ])
    func `an algorithm that is not Qwen's is refused by name`(old: String, new: String, key: String)
    {
        guard
            case .unsupported("tokenizer.json", key, let found, _) = fault(
                replacing: old,
                with: new
            )
        else {
            Issue.record("\(key): \(String(describing: fault(replacing: old, with: new)))")
            return
        }
        #expect(!found.isEmpty)
    }

    @Test func `an added token that takes spaces with it is refused`() {
        let found = fault(replacing: "\"lstrip\": false", with: "\"lstrip\": true")
        guard case .unsupported(_, let key, "true", "false") = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(key.hasPrefix("lstrip of added token"))
    }

    @Test func `an id that two tokens claim, or none may have, is refused`() {
        #expect(
            fault(replacing: "\"\\\"\": 1,", with: "\"\\\"\": 0,")
                == .sameID(file: "tokenizer.json", id: 0, first: "!", second: "\"")
        )
        #expect(
            fault(replacing: "\"\\\"\": 1,", with: "\"\\\"\": -1,")
                == .idOutOfRange(file: "tokenizer.json", token: "\"", id: -1, limit: 1 << 22)
        )
        #expect(
            fault(replacing: "\"\\\"\": 1,", with: "\"\\\"\": 4194304,")
                == .idOutOfRange(file: "tokenizer.json", token: "\"", id: 1 << 22, limit: 1 << 22)
        )
        #expect(
            fault(replacing: "\"\\\"\": 1,", with: "\"!\": 1,")
                == .sameToken(file: "tokenizer.json", token: "!", first: 0, second: 1)
        )
    }

    @Test func `a gap in the ids is kept as an id without a token`() throws {
        let tokenizer = try SmallTokenizer.load(
            replacing: "\"\\\"\": 1,",
            with: "\"\\\"\": 4000000,"
        )
        #expect(!tokenizer.contains(1) && tokenizer.contains(4_000_000))
        #expect(tokenizer.encode("\"") == [4_000_000])
        #expect(tokenizer.decode([1, 4_000_000, 1]) == "\"")
    }

    @Test func `a byte that no token stands for is named`() {
        #expect(
            fault(replacing: "\"ÿ\": ", with: "\"ÿÿ\": ")
                == .byteWithoutToken(file: "tokenizer.json", byte: 0xFF)
        )
    }

    @Test func `a merge of tokens that are not there is named`() throws {
        let whole = try SmallTokenizer.json("tokenizer.json")
        let model = try #require(whole["model"] as? [String: Any])
        let merges = try #require(model["merges"] as? [[String]])
        let first = try #require(merges.first)
        let spelled = "\"\(first[0])\",\n    \"\(first[1])\""
        #expect(
            fault(replacing: spelled, with: "\"\(first[0])\", \"zzz\"")
                == .unknownToken(file: "tokenizer.json", merge: 0, token: "zzz")
        )
        guard case .malformed = fault(replacing: spelled, with: "\"\(first[0])\"") else {
            Issue.record("a merge of one token was taken")
            return
        }
    }

    @Test func `a token that is no UTF-8, or longer than any, is named`() {
        func fault(_ token: [UInt8]) -> TokenizerFault? {
            let file = Array("{\"model\": {\"vocab\": {\"".utf8) + token + Array("\": 7}}}".utf8)
            do throws(TokenizerFault) {
                _ = try Tokenizer(json: file, file: "tokenizer.json")
                return nil
            } catch {
                return error
            }
        }
        for token in [[0xFF], [0xC4], [0xC3, 0x28], Array(repeating: 0x61, count: 70_000)]
            as [[UInt8]]
        {
            guard case .unsupported("tokenizer.json", "token 7", let found, _) = fault(token) else {
                Issue.record("\(token.prefix(4)): \(String(describing: fault(token)))")
                continue
            }
            #expect(found.utf8.count < 400)
        }
    }

    @Test func `text that is no JSON is refused with the place`() {
        #expect(fault(of: "") == .malformed(file: "tokenizer.json", offset: 0, expected: "a value"))
        #expect(
            fault(of: "[]") == .malformed(file: "tokenizer.json", offset: 0, expected: "an object")
        )
        #expect(fault(of: "{}") == .missing(file: "tokenizer.json", key: "model"))
        #expect(
            fault(of: "{\"model\": {}}") == .missing(file: "tokenizer.json", key: "model.vocab")
        )
        #expect(
            fault(of: "{\"model\": {\"vocab\": {}}}")
                == .missing(file: "tokenizer.json", key: "model.merges")
        )
        #expect(
            fault(of: "{\"model\": {\"vocab\": {\"a\": 1.5}}}")
                == .malformed(file: "tokenizer.json", offset: 27, expected: "a whole number")
        )
        for broken in [
            "{\"model", "{\"model\" 1}", "{\"a\": \"\\ud800\"}", "{\"a\": \"\\ud800\\u0041\"}",
            "{\"a\": \"\\x\"}", "{\"a\": \"\u{1}\"}", "{\"a\": 1,}", "{\"a\": }", "{\"a\": ]}",
            "{\"model\": {\"vocab\": {\"a\": 99999999999999999999}}}",
        ] {
            guard case .malformed = fault(of: broken) else {
                Issue.record("\(broken): \(String(describing: fault(of: broken)))")
                continue
            }
        }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `JSON of any depth neither overflows the stack nor is read to its end`(open: String) {
        let deep = String(repeating: open, count: 200_000)
        for key in ["unknown", "normalizer", "added_tokens"] {
            guard
                case .tooDeep("tokenizer.json", let offset, let limit) = fault(
                    of: "{\"\(key)\":" + deep
                )
            else {
                Issue.record("\(key) was not refused")
                continue
            }
            #expect(offset < 1000 && limit == 64)
        }
    }

    @Test func `a tree of a million values is refused instead of built`() {
        let many = "{\"added_tokens\": [" + String(repeating: "0,", count: 1_100_000) + "0]}"
        guard case .malformed = fault(of: many) else {
            Issue.record("it was taken")
            return
        }
    }

    @Test func `a missing, odd or oversized file is named`() throws {
        try SmallTokenizer.withFolder(copying: ["vocab.json"]) { folder in
            #expect(throws: TokenizerFault.noTokenizer(directory: folder.string)) {
                try Tokenizer(directory: folder)
            }
            let whole = folder.appending("tokenizer.json")
            try FileManager.default.createDirectory(
                atPath: whole.string,
                withIntermediateDirectories: false
            )
            #expect(throws: TokenizerFault.unreadable(file: whole.string, errno: .invalidArgument))
            {
                try Tokenizer(directory: folder)
            }
            try FileManager.default.removeItem(atPath: whole.string)
            // a file of holes: nothing of it is on the disk
            let file = try FileDescriptor.open(
                whole,
                .writeOnly,
                options: .create,
                permissions: .ownerReadWrite
            )
            try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: 1 << 30, [0]) }
            #expect(
                throws: TokenizerFault.tooLarge(
                    file: whole.string,
                    bytes: 1 << 30 + 1,
                    limit: FileBytes.largestVocabulary
                )
            ) { try Tokenizer(directory: folder) }
        }
    }

    @Test func `lists of a GGUF file that do not fit together are refused`() {
        func load(_ model: String, _ pre: String, _ tokens: [String], _ types: [Int])
            -> TokenizerFault?
        {
            do throws(TokenizerFault) {
                _ = try Tokenizer(
                    gguf: "a.gguf",
                    model: model,
                    preTokenizer: pre,
                    tokens: tokens,
                    types: types,
                    merges: []
                )
                return nil
            } catch {
                return error
            }
        }
        #expect(
            load("llama", "qwen2", [], [])
                == .unsupported(
                    file: "a.gguf",
                    key: "tokenizer.ggml.model",
                    found: "llama",
                    supported: "gpt2"
                )
        )
        #expect(
            load("gpt2", "llama-bpe", [], [])
                == .unsupported(
                    file: "a.gguf",
                    key: "tokenizer.ggml.pre",
                    found: "llama-bpe",
                    supported: "qwen2"
                )
        )
        #expect(
            load("gpt2", "qwen2", ["a"], [1, 1])
                == .listLengths(file: "a.gguf", tokens: 1, types: 2)
        )
        #expect(load("gpt2", "qwen2", [], []) == .byteWithoutToken(file: "a.gguf", byte: 0))
    }
}
