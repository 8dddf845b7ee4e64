import Qwen

/// Reads a `generation_config.json` and a `preprocessor_config.json`.
func readSettings(_ bytes: [UInt8]) {
    if let configuration = settingsConfiguration,
        let settings = try? GenerationConfiguration(json: bytes, configuration: configuration)
    {
        blackHole &+= settings.endTokens.count
    }
    for defaults in [PictureSettings.stillPictures, .videos] {
        guard let settings = try? PictureSettings(json: bytes, defaults: defaults) else { continue }
        blackHole &+= settings.tokenSide * settings.patchWidth
        // A page of 300 dpi, the smallest picture, a strip: whatever is accepted must have an answer for them.
        for (width, height) in [(2480, 3508), (1, 1), (4000, 20)] {
            let size = try? SmartResize.still(
                width: width,
                height: height,
                side: settings.tokenSide,
                fewestPixels: settings.fewestPixels,
                mostPixels: settings.mostPixels
            )
            blackHole &+= (size?.width ?? 0) &+ (size?.height ?? 0)
        }
    }
}

private let settingsConfiguration = try? ModelConfiguration(
    json: Array(
        #"""
        {"model_type": "qwen3", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
         "num_key_value_heads": 1, "head_dim": 4, "intermediate_size": 8, "vocab_size": 64,
         "rms_norm_eps": 1e-6, "rope_theta": 10000}
        """#.utf8
    )
)
