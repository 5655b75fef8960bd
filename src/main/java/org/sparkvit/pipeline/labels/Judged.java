package org.sparkvit.pipeline.labels;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.Labels;

/**
 * What labels are judged by.
 *
 * @param rows {@link ConfidentLearning#ID}, {@link ConfidentLearning#GIVEN} and {@link
 *     ConfidentLearning#PROBABILITIES}
 * @param classes in the order of the probabilities
 * @param votes of {@link NeighborVotes}, with embeddings
 * @param relabelled {@code id} and {@code label} where the user's table has its own
 */
record Judged(
    Dataset<Row> rows,
    Labels classes,
    Optional<Dataset<Row>> votes,
    Optional<Dataset<Row>> relabelled) {}
