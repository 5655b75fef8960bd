/**
 * The fault matrix: what breaks in the field, broken on purpose. After each fault, and where it
 * stopped the run after the same command once more, {@code predictions} hold the very rows of an
 * undisturbed local run; at no time do they hold a row that is not among those.
 *
 * <table>
 * <caption>Faults and who causes them</caption>
 * <tr><td>an executor is killed in mid-run</td><td>{@code ClusterFaultsIT}</td></tr>
 * <tr><td>a worker is lost for good</td><td>{@code ClusterFaultsIT}</td></tr>
 * <tr><td>the driver is killed three times</td><td>{@code ClusterFaultsIT}</td></tr>
 * <tr><td>S3 answers 503 and cuts connections</td><td>{@code StorageOutageTest}</td></tr>
 * <tr><td>the disk is full</td><td>{@code DiskFullTest}</td></tr>
 * <tr><td>a model's files are cut short</td><td>{@code CutModelTest}</td></tr>
 * <tr><td>one image in twenty is broken</td><td>{@code BrokenImagesTest}, and all others</td></tr>
 * </table>
 *
 * <p>{@code SparkSubmitIT} is the run that nothing disturbs. The tests know the command line and
 * the tables, not how scoring does it. Those named {@code *IT} go through spark-submit to a
 * standalone cluster, see {@code deploy/standalone}.
 */
package org.sparkvit.faults;
