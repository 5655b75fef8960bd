package org.sparkvit.dataset.delta.storage;

import com.amazonaws.AmazonServiceException;
import com.amazonaws.SdkBaseException;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.model.ObjectMetadata;
import com.amazonaws.services.s3.model.PutObjectRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.fs.s3a.S3AUtils;
import org.apache.hadoop.fs.s3a.api.RequestFactory;
import org.apache.hadoop.fs.store.audit.AuditSpan;
import org.apache.hadoop.fs.store.audit.AuditSpanSource;

/**
 * Puts by S3A's own client and a header of the request, for Hadoop 3.3, whose SDK is of version 1.
 * The request comes from S3A's factory, so that encryption, permissions and storage class follow
 * the settings of S3A.
 */
final class SdkOnePut implements ConditionalPut {
  private static final int PRECONDITION_FAILED = 412;

  private final S3AFileSystem fs;
  private final AmazonS3 client;

  private SdkOnePut(S3AFileSystem fs, AmazonS3 client) {
    this.fs = fs;
    this.client = client;
  }

  static ConditionalPut of(FileSystem fs) throws IOException {
    try {
      // The public way to S3A's client warns whoever runs the program that it was used.
      Method method = S3AFileSystem.class.getDeclaredMethod("getAmazonS3Client");
      method.setAccessible(true);
      return new SdkOnePut((S3AFileSystem) fs, (AmazonS3) method.invoke(fs));
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void put(Path path, byte[] content) throws IOException {
    PutObjectRequest request = request(fs.pathToKey(path), content);
    request.putCustomRequestHeader("If-None-Match", "*");
    try (AuditSpan span = span(path)) {
      span.activate();
      client.putObject(request);
    } catch (AmazonServiceException e) {
      if (e.getStatusCode() == PRECONDITION_FAILED) {
        throw StorageFailures.exists(path, e);
      }
      throw S3AUtils.translateException("PUT", path.toString(), e);
    } catch (SdkBaseException e) {
      throw S3AUtils.translateException("PUT", path.toString(), e);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    try (AuditSpan span = span(path)) {
      span.activate();
      client.deleteObject(fs.getBucket(), fs.pathToKey(path));
    } catch (SdkBaseException e) {
      throw S3AUtils.translateException("DELETE", path.toString(), e);
    }
  }

  private AuditSpan span(Path path) throws IOException {
    AuditSpanSource<?> source = fs;
    return source.createSpan("op_create", path.toString(), null);
  }

  /**
   * Creates a request. From Hadoop 3.3.5 on the factory's method takes options as well, which may
   * be null.
   */
  private PutObjectRequest request(String key, byte[] content) throws IOException {
    RequestFactory factory = fs.getRequestFactory();
    ObjectMetadata metadata = factory.newObjectMetadata(content.length);
    InputStream stream = new ByteArrayInputStream(content);
    try {
      for (Method method : RequestFactory.class.getMethods()) {
        Class<?>[] types = method.getParameterTypes();
        if (method.getName().equals("newPutObjectRequest")
            && types[types.length - 1] == InputStream.class) {
          Object[] arguments = Arrays.copyOf(new Object[] {key, metadata}, types.length);
          arguments[types.length - 1] = stream;
          return (PutObjectRequest) method.invoke(factory, arguments);
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
    throw new IOException(factory.getClass() + " makes no request from a stream");
  }
}
