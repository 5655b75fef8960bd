package org.sparkvit.pipeline.report;

import java.util.Optional;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.query.ModelReference;
import org.sparkvit.dataset.workspace.OutputName;

/**
 * Options of {@link ReportStage}.
 *
 * @param workspace URI of the workspace
 * @param name the report's folder below {@code reports/}
 * @param model the model that is reported on; empty for the one that was used last
 * @param positive the class whose missed images are shown; empty to choose one
 * @param mistakes how many images to show of each kind of mistake, 0 to 500; 0 embeds no image
 * @param thumbnailSize longer side of those images in pixels, 32 to 512
 * @param blurSensitive whether images are blurred at first, until they are pointed at
 * @param about URI of a file of what cannot be measured of the data set, for {@code
 *     croissant.json}; empty for none
 * @param overwrite whether an earlier report of that name is replaced
 */
public record ReportConfig(
    @WorkspaceOption String workspace,
    @Option(standard = "latest", help = "The report's folder, WORKSPACE/reports/NAME.") String name,
    @Option(
            label = ModelReference.LABEL,
            help = "The model to report on; without it the one used last. " + ModelReference.HELP)
        Optional<String> model,
    @Option(
            label = "CLASS",
            help =
                "The class whose missed images are shown. Without it the rarer of two classes; of"
                    + " more, the one with the lowest recall.")
        Optional<String> positive,
    @Option(
            standard = "24",
            least = 0,
            greatest = 500,
            help = "Images to show of each kind of mistake; 0 puts no image into the report.")
        int mistakes,
    @Option(
            label = "PIXELS",
            standard = "192",
            least = 32,
            greatest = 512,
            advanced = true,
            help = "Longer side of those images.")
        int thumbnailSize,
    @Option(
            standard = "true",
            help =
                "Blur all images of the page until they are pointed at, or reached by the tab key;"
                    + " a box on the page switches it.")
        boolean blurSensitive,
    @Option(
            label = "FILE",
            help =
                "What cannot be measured of the data set, as KEY = TEXT lines: name, description,"
                    + " license, url, creator, version, collection, annotation,"
                    + " sensitive-information, use-cases, social-impact, maintenance. It goes into"
                    + " croissant.json.")
        Optional<String> about,
    @OverwriteOption boolean overwrite) {
  /** Checks the name. */
  public ReportConfig {
    OutputName.require(name);
  }
}
