/**
 * The sample data set and the run that shows every stage on it. {@link
 * org.sparkvit.tools.demo.SampleDataset} draws <em>sensitive</em> pictures (identity cards, payment
 * cards, medical letters, bank statements, all with invented data) and <em>ordinary</em> ones,
 * plants defects and writes down which. A {@link org.sparkvit.tools.demo.SamplePlan} says what each
 * file is, a {@link org.sparkvit.tools.demo.Kind} draws the flat subject, and a {@link
 * org.sparkvit.tools.demo.Photograph} makes it look as if a camera, a scanner or a screenshot had
 * taken it.
 */
package org.sparkvit.tools.demo;
