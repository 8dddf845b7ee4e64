import Energy

/// What an answer took: `--stats`.
struct AskStats {
    /// A picture or video as the model saw it.
    struct Picture {
        let name: String
        /// As decoded, upright.
        let width: Int
        let height: Int
        /// As shown to the model.
        let shownWidth: Int
        let shownHeight: Int
        /// Frames of a video; nil for a still picture.
        var frames: Int?
        let tokens: Int
    }

    var model: String
    var family: String
    /// Bytes of all weights, as they lie on disk.
    var weightBytes: Int
    var threads: Int
    var kernels: String
    var precision: String
    var seed: UInt64?
    var pictures: [Picture] = []
    /// Pictures whose features were kept by an earlier question or run.
    var cachedPictures = 0
    var load = Duration.zero
    /// From the files to upright pixels, in the process behind walls.
    var decoding = Duration.zero
    /// From pixels to patches, and from patches to features.
    var encoding = Duration.zero
    var prefill = Duration.zero
    var decode = Duration.zero
    var promptTokens = 0
    var answerTokens = 0
    var decodeSteps = 0
    /// Tokens that were drafted, and those of them that were right: each saved a pass.
    var draftedTokens = 0
    var acceptedTokens = 0
    /// Joules of the processor, or why they are not known; nil before they were asked for.
    var energy: Result<Double, EnergyFault>?
    /// The most that was resident in this process, and in the one that decoded pictures.
    var peakBytes: Int?
    var pictureWorkerPeakBytes: Int?

    /// Tokens that the passes after the prompt's gave.
    private var decodedTokens: Int { decodeSteps + acceptedTokens }

    var pictureTokens: Int { pictures.reduce(0) { $0 + $1.tokens } }

    // MARK: - For people

    /// Lines for standard error.
    var text: String {
        var rows = [
            ("model", "\(model), \(family), \(ByteCount(weightBytes)) of weights"),
            ("arithmetic", "\(precision), \(kernels), \(Self.count(threads, "thread"))"),
            ("load", Self.seconds(load)),
        ]
        if !pictures.isEmpty {
            rows.append(
                (
                    "pictures",
                    "\(pictures.count), \(Self.count(pictureTokens, "token")): decoded in "
                        + "\(Self.seconds(decoding)), \(seen) in \(Self.seconds(encoding))"
                )
            )
        }
        rows.append(
            (
                "prefill",
                "\(Self.count(promptTokens, "token")) in \(Self.seconds(prefill))"
                    + Self.rate(promptTokens, prefill)
            )
        )
        rows.append(
            (
                "decode",
                "\(Self.count(answerTokens, "token")) in \(Self.seconds(decode))"
                    + Self.rate(decodedTokens, decode)
            )
        )
        if draftedTokens > 0 {
            rows.append(
                (
                    "speculation",
                    "\(draftedTokens) drafted, \(acceptedTokens) right: \(acceptedTokens) of "
                        + "\(Self.count(decodedTokens, "pass", plural: "passes")) saved"
                )
            )
        }
        if let peakBytes {
            let worker = pictureWorkerPeakBytes.map { ", \(ByteCount($0)) to decode pictures" }
            rows.append(("memory", "\(ByteCount(peakBytes)) at most\(worker ?? "")"))
        }
        if let energy { rows.append(("energy", EnergyText.answer(energy))) }
        if let seed { rows.append(("seed", "\(seed)")) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, words in
            name + String(repeating: " ", count: width - name.count + 2) + words
        }.joined(separator: "\n")
    }

    /// How their features were had.
    private var seen: String {
        switch cachedPictures {
        case 0: "encoded"
        case pictures.count: "all from the cache"
        default: "\(cachedPictures) from the cache, the others encoded"
        }
    }

    private static func count(_ number: Int, _ word: String, plural: String? = nil) -> String {
        "\(number) \(number == 1 ? word : plural ?? word + "s")"
    }

    private static func seconds(_ duration: Duration) -> String {
        "\(fixed(duration / .seconds(1), digits: 2)) s"
    }

    private static func rate(_ tokens: Int, _ duration: Duration) -> String {
        guard let rate = perSecond(tokens, duration) else { return "" }
        return " (\(fixed(rate, digits: 1)) tokens/s)"
    }

    private static func perSecond(_ tokens: Int, _ duration: Duration) -> Double? {
        tokens > 0 && duration > .zero ? Double(tokens) / (duration / .seconds(1)) : nil
    }

    private static func fixed(_ number: Double, digits: Int) -> String {
        let scale = digits == 2 ? 100.0 : 10
        let whole = Int((number * scale).rounded())
        let rest = String(whole % Int(scale))
        return "\(whole / Int(scale))."
            + String(repeating: "0", count: digits - rest.count) + rest
    }

    // MARK: - For programs

    /// Seconds, tokens, bytes.
    var json: JSONValue {
        var fields: [String: JSONValue] = [
            "load_seconds": .fraction(load / .seconds(1)),
            "picture_seconds": .fraction(decoding / .seconds(1)),
            "encode_seconds": .fraction(encoding / .seconds(1)),
            "prefill_seconds": .fraction(prefill / .seconds(1)),
            "decode_seconds": .fraction(decode / .seconds(1)),
            "prompt_tokens": .number(promptTokens),
            "picture_tokens": .number(pictureTokens),
            "cached_pictures": .number(cachedPictures),
            "answer_tokens": .number(answerTokens),
            "decode_passes": .number(decodeSteps),
            "drafted_tokens": .number(draftedTokens),
            "accepted_tokens": .number(acceptedTokens),
            "prefill_tokens_per_second": Self.perSecond(promptTokens, prefill)
                .map(JSONValue.fraction) ?? .null,
            "decode_tokens_per_second": Self.perSecond(decodedTokens, decode)
                .map(JSONValue.fraction) ?? .null,
            "peak_resident_bytes": peakBytes.map(JSONValue.number) ?? .null,
            "picture_worker_peak_resident_bytes":
                pictureWorkerPeakBytes
                .map(JSONValue.number) ?? .null,
            "weight_bytes": .number(weightBytes),
            "threads": .number(threads),
            "kernels": .text(kernels),
            "precision": .text(precision),
        ]
        if let energy { fields.merge(EnergyText.json(energy)) { $1 } }
        if let seed { fields["seed"] = .text(String(seed)) }
        return .object(fields)
    }

    /// What was shown to the model.
    var picturesJSON: JSONValue {
        .list(
            pictures.map { picture in
                var fields: [String: JSONValue] = [
                    "file": .text(picture.name),
                    "width": .number(picture.width), "height": .number(picture.height),
                    "shown_width": .number(picture.shownWidth),
                    "shown_height": .number(picture.shownHeight),
                    "tokens": .number(picture.tokens),
                ]
                if let frames = picture.frames { fields["frames"] = .number(frames) }
                return .object(fields)
            }
        )
    }
}
