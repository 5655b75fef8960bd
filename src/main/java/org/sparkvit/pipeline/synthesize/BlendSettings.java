package org.sparkvit.pipeline.synthesize;

import java.io.Serializable;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.SeedOption;

/**
 * How two images become one.
 *
 * @param mixupAlpha of the Beta distribution of mixup's shares, above 0
 * @param cutmixAlpha the same for CutMix
 * @param fourierBand largest share of the shorter side up to which frequencies take the other's
 *     amplitude; each image gets one from a tenth of it to all, above 0 to 0.5
 * @param maxSide pixels of the longer side above which an image is reduced first
 * @param seed another seed makes other images
 */
public record BlendSettings(
    @Option(
            standard = "0.2",
            least = 0,
            aboveLeast = true,
            advanced = true,
            help = "Of the Beta distribution of mixup's shares.")
        double mixupAlpha,
    @Option(
            standard = "1",
            least = 0,
            aboveLeast = true,
            advanced = true,
            help = "Of the Beta distribution of CutMix's shares.")
        double cutmixAlpha,
    @Option(
            label = "SHARE",
            standard = "0.1",
            least = 0,
            aboveLeast = true,
            greatest = 0.5,
            advanced = true,
            help =
                "Frequencies up to at most this share of the shorter side take the other image's"
                    + " amplitude.")
        double fourierBand,
    @Option(
            label = "PIXELS",
            standard = "512",
            least = 16,
            greatest = 65_535,
            help = "Larger images are reduced to this longer side first.")
        int maxSide,
    @SeedOption long seed)
    implements Serializable {}
