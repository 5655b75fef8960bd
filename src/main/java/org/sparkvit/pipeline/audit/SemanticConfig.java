package org.sparkvit.pipeline.audit;

import java.util.Optional;
import org.sparkvit.core.options.Option;
import org.sparkvit.dataset.query.ModelReference;
import org.sparkvit.inference.EmbeddingSettings;

/**
 * How images are found that mean the same to a model: options of {@link AuditStage}.
 *
 * @param from the model that embeds; where it is not given, such images are not looked for
 * @param cosine least cosine of their embeddings as seen from the mean, 0.8 to 1. There the search
 *     finds a sixth of the pairs, below it hardly any.
 * @param embedding how the model embeds
 */
public record SemanticConfig(
    @Option(
            name = "semantic-from",
            label = ModelReference.LABEL,
            help =
                "Also find images that mean the same to this model. Take one of many subjects: to"
                    + " one that was trained on your classes all images of a class are much alike. "
                    + ModelReference.HELP)
        Optional<String> from,
    @Option(
            name = "semantic-cosine",
            label = "C",
            standard = "0.96",
            least = 0.8,
            greatest = 1,
            belowGreatest = true,
            advanced = true,
            help = "Least cosine of their embeddings, as seen from the mean of all.")
        double cosine,
    EmbeddingSettings embedding) {}
