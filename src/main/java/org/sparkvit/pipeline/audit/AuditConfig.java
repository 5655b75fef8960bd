package org.sparkvit.pipeline.audit;

import java.util.List;
import java.util.Optional;
import org.sparkvit.core.options.MaxMinutesOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.image.hash.PdqHash;

/**
 * Options of {@link AuditStage}.
 *
 * @param workspace URI of the workspace
 * @param nearDistance most bits by which PDQ hashes of near duplicates differ, 0 to {@value
 *     PdqHash#SAME}
 * @param hashQuality least quality of a hash that is compared, 0 to 100
 * @param crops whether images that are crops of others are looked for
 * @param semantic how images of like meaning are found
 * @param slices columns of {@code images} whose values are compared; the user's own with a few
 *     values each where not given
 * @param groupColumn column of {@code images} whose values should never be in two splits, e.g. a
 *     patient
 * @param maxMinutes minutes after which no image is measured; 0 for no limit
 */
public record AuditConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "BITS",
            standard = "31",
            least = 0,
            greatest = PdqHash.SAME,
            help =
                "Images are near duplicates when at most so many of the 256 bits of their PDQ"
                    + " hashes differ, and from 17 on their colours lie alike.")
        int nearDistance,
    @Option(
            label = "Q",
            standard = "50",
            least = 0,
            greatest = 100,
            advanced = true,
            help = "Hashes of lower quality, of images with little to see, are not compared.")
        int hashQuality,
    @Option(
            help =
                "Also find images that are others with 3 to 6 percent cut off, and smaller copies"
                    + " of small ones. Decodes each new image once more, and compares 75 hashes of"
                    + " its parts: for data sets of up to some hundred thousand images.")
        boolean crops,
    SemanticConfig semantic,
    @Option(
            label = "COLUMN",
            help =
                "Columns of the table 'images', with commas between them, whose values, alone and"
                    + " in pairs, are compared with the rest. Without it your own columns that have"
                    + " from 2 to 20 values, at most 10 of them; '' for none.")
        Optional<List<String>> slices,
    @Option(
            label = "NAME",
            help =
                "Column of the table 'images', e.g. a patient or a document, whose values in two"
                    + " splits count as leakage too. Blank values group nothing.")
        Optional<String> groupColumn,
    @MaxMinutesOption int maxMinutes) {}
