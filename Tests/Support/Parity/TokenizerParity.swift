import SystemPackage
import Tokenization

/// Encoding, decoding and streaming of text.
struct TokenizerParity {
    let folder: GoldenFolder

    private struct File: Decodable {
        let encode: [Encoded]
        let decode: [Encoded]
        let stream: [Streamed]
    }

    private struct Encoded: Decodable {
        let text: String?
        let ids: [TokenID]
        let decoded: String
        let decoded_skip_special: String
    }

    private struct Streamed: Decodable {
        let text: String
        let ids: [TokenID]
        let after_each: [String]
    }

    func compare(into report: inout ParityReport) throws {
        for name in folder.names(in: folder.goldens.appending("tokenizer"), ending: ".json") {
            let checkpoint = String(name.dropLast(".json".count))
            let file = try folder.read(File.self, "tokenizer/\(name)")
            let tokenizer = try Tokenizer(directory: folder.checkpoints.appending(checkpoint))
            let checks: [(String, [String])] = [
                ("encode", file.encode.compactMap { wrongEncoding($0, tokenizer) }),
                (
                    "decode",
                    (file.encode + file.decode).compactMap { wrongDecoding($0, tokenizer) }
                ),
                ("stream", file.stream.compactMap { wrongStream($0, tokenizer) }),
            ]
            for (stage, wrong) in checks {
                let item = "tokenizer/\(checkpoint) \(stage)"
                report.expect(item, group: checkpoint, stage: "tokenizer \(stage)")
                report.compare(
                    item,
                    problem: wrong.isEmpty ? nil : "\(wrong.count) differ, first \(wrong[0])"
                )
            }
        }
    }

    // What was recorded is text that is trusted: control tokens in it are control tokens.
    private func wrongEncoding(_ row: Encoded, _ tokenizer: Tokenizer) -> String? {
        guard let text = row.text else { return nil }
        let ids = tokenizer.encode(text, matchingAddedTokens: true)
        return ids == row.ids ? nil : "\(text.debugDescription) → \(ids)"
    }

    private func wrongDecoding(_ row: Encoded, _ tokenizer: Tokenizer) -> String? {
        let plain = tokenizer.decode(row.ids)
        let skipped = tokenizer.decode(row.ids, skippingSpecial: true)
        guard plain == row.decoded, skipped == row.decoded_skip_special else {
            return "\(row.ids) → \(plain.debugDescription), \(skipped.debugDescription)"
        }
        return nil
    }

    /// What is streamed is what the reference decodes so far, less a character that is not complete.
    private func wrongStream(_ row: Streamed, _ tokenizer: Tokenizer) -> String? {
        var decoder = StreamingDecoder(tokenizer)
        var text = ""
        for (id, expected) in zip(row.ids, row.after_each) {
            text += decoder.append(id)
            var complete = expected[...]
            while complete.hasSuffix("\u{FFFD}") && !text.hasPrefix(complete) {
                complete.removeLast()
            }
            guard text == complete else {
                return "\(row.text.debugDescription) stands at \(text.debugDescription)"
            }
        }
        text += decoder.finish()
        return text == row.after_each.last ?? ""
            ? nil : "\(row.text.debugDescription) ends as \(text.debugDescription)"
    }
}
