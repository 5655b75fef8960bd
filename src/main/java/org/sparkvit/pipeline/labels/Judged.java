package org.sparkvit.pipeline.labels;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.Labels;

/**
 * The inputs by which labels are judged.
 *
 * @param rows rows with {@link ConfidentLearning#ID}, {@link ConfidentLearning#GIVEN} and {@link
 *     ConfidentLearning#PROBABILITIES}
 * @param classes the classes in the order of the probabilities
 * @param votes the rows that {@link NeighborVotes} gives, or empty without embeddings
 * @param relabelled rows with {@code id} and {@code label} where the user's table has labels of its
 *     own, else empty
 */
record Judged(
    Dataset<Row> rows,
    Labels classes,
    Optional<Dataset<Row>> votes,
    Optional<Dataset<Row>> relabelled) {}
