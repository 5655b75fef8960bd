/**
 * The sample data set and the run that shows every stage on it.
 *
 * <p>{@link org.sparkvit.demo.SampleDataset} draws a few thousand small pictures,
 * <em>sensitive</em> ones (identity cards, payment cards, medical letters, bank statements, all
 * with made-up data) and <em>ordinary</em> ones (scenes, patterns, charts and prints that look much
 * like documents), plants defects in them and writes down which. Drawing goes in three steps: a
 * {@link org.sparkvit.demo.SamplePlan} says what every file is, a {@link org.sparkvit.demo.Kind}
 * draws the flat subject, a {@link org.sparkvit.demo.Photograph} makes it look taken by a camera, a
 * scanner or a screenshot.
 */
package org.sparkvit.demo;
