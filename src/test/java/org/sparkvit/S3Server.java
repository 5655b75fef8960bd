package org.sparkvit;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * As much of S3 as S3A speaks, with its objects in memory, in this process: it honours {@code
 * If-None-Match: *}, which {@link S3Proxy} does not, counts requests, and loses answers on request.
 * Signatures are not looked at.
 */
public final class S3Server implements AutoCloseable {
  private static final Pattern DELETED = Pattern.compile("<Key>(.*?)</Key>");
  private static final Pattern PART = Pattern.compile("<PartNumber>(\\d+)</PartNumber>");

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** What is done to a request instead of, or after, answering it. */
  public enum Fault {
    /** It is done, and the connection is cut before the answer. */
    DONE_AND_CUT,
    /** The connection is cut before it is done. */
    CUT,
    /** Answered with 503, not done. */
    BUSY,
    /** Answered with 403, not done. */
    DENIED,
    /** Answered with 409, not done. */
    CONFLICT,
    /** Answered with 501 if it is conditional, not done. */
    CONDITION_UNKNOWN
  }

  private static final class S3Object {
    private final byte[] content;
    private final String etag;
    private final Instant modified = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final Map<String, String> headers;

    S3Object(byte[] content, String etag, Map<String, String> headers) {
      this.content = content;
      this.etag = etag;
      this.headers = headers;
    }
  }

  private record Outage(Fault fault, Predicate<String> requests, AtomicInteger times) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(32);
  private final Map<String, NavigableMap<String, S3Object>> buckets = new ConcurrentHashMap<>();
  private final Map<String, NavigableMap<Integer, byte[]>> uploads = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
  private final AtomicReference<Outage> outage = new AtomicReference<>();
  private volatile boolean honoursConditions = true;

  private S3Server() throws IOException {
    // Without it each answer waits 40 ms for the other side's acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
  }

  public static S3Server start() throws IOException {
    S3Server s3 = new S3Server();
    s3.server.start();
    return s3;
  }

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Points {@code s3a://} of a Hadoop configuration to this server. */
  public void configure(Configuration hadoop) {
    configure(hadoop, port());
  }

  /** Points {@code s3a://} of a Hadoop configuration to a server of another process. */
  public static void configure(Configuration hadoop, int port) {
    hadoop.set("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    hadoop.set("fs.s3a.endpoint.region", "us-east-1");
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.connection.ssl.enabled", "false");
    hadoop.set("fs.s3a.access.key", "test");
    hadoop.set("fs.s3a.secret.key", "test");
    hadoop.set("fs.s3a.connection.maximum", "200");
  }

  /** Makes an empty bucket. */
  public void createBucket(String name) {
    buckets.putIfAbsent(name, new ConcurrentSkipListMap<>());
  }

  /** From now on {@code If-None-Match} is not looked at, as some stores do. */
  public void ignoreConditions() {
    honoursConditions = false;
  }

  /**
   * Does something to the next requests of a kind.
   *
   * @param requests of {@code "VERB /bucket/key"}
   */
  public void disturb(Fault fault, int times, Predicate<String> requests) {
    outage.set(new Outage(fault, requests, new AtomicInteger(times)));
  }

  /** How many requests there were of a kind: GET, HEAD, LIST, PUT, POST, DELETE. */
  public int requests(String kind) {
    AtomicInteger count = requests.get(kind);
    return count == null ? 0 : count.get();
  }

  /** All kinds of requests with their numbers. */
  public Map<String, Integer> requests() {
    Map<String, Integer> all = new TreeMap<>();
    requests.forEach((kind, count) -> all.put(kind, count.get()));
    return all;
  }

  /** Keys that a bucket has under a prefix, in their order. */
  public List<String> keys(String bucket, String prefix) {
    return buckets.get(bucket).keySet().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = new Request(exchange);
      requests.computeIfAbsent(request.kind(), kind -> new AtomicInteger()).incrementAndGet();
      Fault fault = faultOf(request);
      if (fault == Fault.CUT) {
        return;
      }
      if (fault == Fault.BUSY) {
        request.error(503, "SlowDown");
      } else if (fault == Fault.DENIED) {
        request.error(403, "AccessDenied");
      } else if (fault == Fault.CONFLICT) {
        request.error(409, "ConditionalRequestConflict");
      } else if (fault == Fault.CONDITION_UNKNOWN && request.conditional()) {
        request.error(501, "NotImplemented");
      } else {
        request.silent = fault == Fault.DONE_AND_CUT;
        answer(request);
      }
    }
  }

  private Fault faultOf(Request request) {
    Outage now = outage.get();
    if (now == null
        || !now.requests.test(request.verb + " /" + request.bucket + "/" + request.key)
        || now.times.getAndDecrement() <= 0) {
      return null;
    }
    return now.fault;
  }

  private void answer(Request request) throws IOException {
    if (request.key.isEmpty() && request.verb.equals("PUT")) {
      createBucket(request.bucket);
      request.xml(200, "");
      return;
    }
    NavigableMap<String, S3Object> bucket = buckets.get(request.bucket);
    if (bucket == null) {
      request.error(404, "NoSuchBucket");
      return;
    }
    switch (request.verb) {
      case "GET" -> {
        if (request.key.isEmpty()) {
          list(request, bucket);
        } else {
          get(request, bucket.get(request.key));
        }
      }
      case "HEAD" -> {
        if (request.key.isEmpty()) {
          request.xml(200, "");
        } else {
          get(request, bucket.get(request.key));
        }
      }
      case "PUT" -> put(request, bucket);
      case "POST" -> post(request, bucket);
      case "DELETE" -> {
        if (request.query.containsKey("uploadId")) {
          uploads.remove(request.query.get("uploadId"));
        } else {
          bucket.remove(request.key);
        }
        request.empty(204);
      }
      default -> request.error(405, "MethodNotAllowed");
    }
  }

  private static void get(Request request, S3Object object) throws IOException {
    if (object == null) {
      request.error(404, "NoSuchKey");
      return;
    }
    Headers headers = request.exchange.getResponseHeaders();
    object.headers.forEach(headers::set);
    headers.set("ETag", '"' + object.etag + '"');
    headers.set("Last-Modified", HTTP_DATE.format(object.modified));
    headers.set("Accept-Ranges", "bytes");
    byte[] content = object.content;
    int status = 200;
    String range = request.header("Range");
    if (range != null) {
      String[] ends = range.substring("bytes=".length()).split("-", -1);
      int size = content.length;
      int from = ends[0].isEmpty() ? size - Integer.parseInt(ends[1]) : Integer.parseInt(ends[0]);
      if (from >= size) {
        request.error(416, "InvalidRange");
        return;
      }
      long last = ends[0].isEmpty() || ends[1].isEmpty() ? size - 1L : Long.parseLong(ends[1]);
      int to = (int) Math.min(last + 1, size);
      headers.set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + size);
      content = Arrays.copyOfRange(content, from, to);
      status = 206;
    }
    request.send(status, content);
  }

  private void put(Request request, NavigableMap<String, S3Object> bucket) throws IOException {
    String source = request.header("x-amz-copy-source");
    if (request.query.containsKey("uploadId")) {
      byte[] part = source == null ? request.body : copied(source, request).content;
      uploads
          .get(request.query.get("uploadId"))
          .put(Integer.parseInt(request.query.get("partNumber")), part);
      request.exchange.getResponseHeaders().set("ETag", '"' + md5(part) + '"');
      request.empty(200);
      return;
    }
    if (source != null) {
      S3Object from = copied(source, request);
      if (from == null) {
        request.error(404, "NoSuchKey");
        return;
      }
      S3Object copy = new S3Object(from.content, from.etag, from.headers);
      bucket.put(request.key, copy);
      request.xml(
          200,
          "<CopyObjectResult><ETag>\""
              + copy.etag
              + "\"</ETag><LastModified>"
              + copy.modified
              + "</LastModified></CopyObjectResult>");
      return;
    }
    Map<String, String> headers = new HashMap<>();
    request
        .exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (lower.startsWith("x-amz-meta-") || lower.equals("content-type")) {
                headers.put(lower, values.get(0));
              }
            });
    store(
        request,
        bucket,
        new S3Object(request.body, md5(request.body), headers),
        () -> request.empty(200));
  }

  /** An answer. */
  private interface Answer {
    void send() throws IOException;
  }

  private void store(
      Request request, NavigableMap<String, S3Object> bucket, S3Object object, Answer answer)
      throws IOException {
    if (request.conditional() && honoursConditions) {
      if (bucket.putIfAbsent(request.key, object) != null) {
        request.error(412, "PreconditionFailed");
        return;
      }
    } else {
      bucket.put(request.key, object);
    }
    request.exchange.getResponseHeaders().set("ETag", '"' + object.etag + '"');
    answer.send();
  }

  private S3Object copied(String source, Request request) {
    String path = URLDecoder.decode(source, StandardCharsets.UTF_8);
    String[] place = (path.startsWith("/") ? path.substring(1) : path).split("/", 2);
    S3Object from = buckets.getOrDefault(place[0], new TreeMap<>()).get(place[1]);
    String range = request.header("x-amz-copy-source-range");
    if (from == null || range == null) {
      return from;
    }
    String[] ends = range.substring("bytes=".length()).split("-", -1);
    byte[] part =
        Arrays.copyOfRange(from.content, Integer.parseInt(ends[0]), Integer.parseInt(ends[1]) + 1);
    return new S3Object(part, md5(part), from.headers);
  }

  private void post(Request request, NavigableMap<String, S3Object> bucket) throws IOException {
    String body = new String(request.body, StandardCharsets.UTF_8);
    if (request.query.containsKey("delete")) {
      Matcher keys = DELETED.matcher(body);
      while (keys.find()) {
        bucket.remove(unescape(keys.group(1)));
      }
      request.xml(200, "<DeleteResult></DeleteResult>");
    } else if (request.query.containsKey("uploads")) {
      String id = UUID.randomUUID().toString();
      uploads.put(id, new ConcurrentSkipListMap<>());
      request.xml(
          200,
          "<InitiateMultipartUploadResult><Bucket>"
              + request.bucket
              + "</Bucket><Key>"
              + escape(request.key)
              + "</Key><UploadId>"
              + id
              + "</UploadId></InitiateMultipartUploadResult>");
    } else {
      NavigableMap<Integer, byte[]> parts = uploads.get(request.query.get("uploadId"));
      if (parts == null) {
        request.error(404, "NoSuchUpload");
        return;
      }
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      Matcher numbers = PART.matcher(body);
      while (numbers.find()) {
        whole.writeBytes(parts.get(Integer.valueOf(numbers.group(1))));
      }
      S3Object object =
          new S3Object(
              whole.toByteArray(), md5(whole.toByteArray()) + "-" + parts.size(), Map.of());
      store(
          request,
          bucket,
          object,
          () -> {
            uploads.remove(request.query.get("uploadId"));
            request.xml(
                200,
                "<CompleteMultipartUploadResult><Bucket>"
                    + request.bucket
                    + "</Bucket><Key>"
                    + escape(request.key)
                    + "</Key><ETag>\""
                    + object.etag
                    + "\"</ETag></CompleteMultipartUploadResult>");
          });
    }
  }

  private static void list(Request request, NavigableMap<String, S3Object> bucket)
      throws IOException {
    if (request.query.containsKey("location")) {
      request.xml(200, "<LocationConstraint></LocationConstraint>");
      return;
    }
    if (request.query.containsKey("uploads")) {
      request.xml(200, "<ListMultipartUploadsResult></ListMultipartUploadsResult>");
      return;
    }
    String prefix = request.query.getOrDefault("prefix", "");
    String delimiter = request.query.getOrDefault("delimiter", "");
    boolean second = request.query.containsKey("list-type");
    int most = Integer.parseInt(request.query.getOrDefault("max-keys", "1000"));
    String after =
        request.query.getOrDefault(
            second ? "continuation-token" : "marker",
            request.query.getOrDefault("start-after", ""));
    StringBuilder entries = new StringBuilder();
    int count = 0;
    String last = "";
    boolean truncated = false;
    String folder = null;
    for (Map.Entry<String, S3Object> entry : bucket.tailMap(prefix, true).entrySet()) {
      String key = entry.getKey();
      if (!key.startsWith(prefix)) {
        break;
      }
      if (key.compareTo(after) <= 0
          || (!delimiter.isEmpty()
              && after.endsWith(delimiter)
              && key.startsWith(after)
              && !after.equals(prefix))
          || (folder != null && key.startsWith(folder))) {
        continue;
      }
      if (count == most) {
        truncated = true;
        break;
      }
      int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      if (end >= 0) {
        folder = key.substring(0, end + delimiter.length());
        entries.append("<CommonPrefixes><Prefix>").append(request.name(folder));
        entries.append("</Prefix></CommonPrefixes>");
        last = folder;
      } else {
        S3Object object = entry.getValue();
        entries.append("<Contents><Key>").append(request.name(key)).append("</Key><LastModified>");
        entries.append(object.modified).append("</LastModified><ETag>\"").append(object.etag);
        entries.append("\"</ETag><Size>").append(object.content.length);
        entries.append("</Size><StorageClass>STANDARD</StorageClass></Contents>");
        last = key;
      }
      count++;
    }
    StringBuilder result = new StringBuilder("<ListBucketResult><Name>");
    result.append(request.bucket).append("</Name><Prefix>").append(request.name(prefix));
    result.append("</Prefix><KeyCount>").append(count).append("</KeyCount><MaxKeys>").append(most);
    result.append("</MaxKeys><IsTruncated>").append(truncated).append("</IsTruncated>");
    if (!delimiter.isEmpty()) {
      result.append("<Delimiter>").append(request.name(delimiter)).append("</Delimiter>");
    }
    if (request.query.containsKey("encoding-type")) {
      result.append("<EncodingType>url</EncodingType>");
    }
    if (truncated) {
      String tag = second ? "NextContinuationToken" : "NextMarker";
      // A token is not a key, and is not encoded as one.
      String next = second ? escape(last) : request.name(last);
      result.append('<').append(tag).append('>').append(next).append("</").append(tag).append('>');
    }
    request.xml(200, result.append(entries).append("</ListBucketResult>").toString());
  }

  private static String md5(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String unescape(String text) {
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
  }

  /** A request with its body, and its answer. */
  private static final class Request {
    private final HttpExchange exchange;
    private final String verb;
    private final String bucket;
    private final String key;
    private final Map<String, String> query = new HashMap<>();
    private final byte[] body;
    private boolean silent;

    Request(HttpExchange exchange) throws IOException {
      this.exchange = exchange;
      verb = exchange.getRequestMethod();
      String[] place = exchange.getRequestURI().getRawPath().substring(1).split("/", 2);
      bucket = place[0];
      key = place.length == 1 ? "" : decode(place[1]);
      String text = exchange.getRequestURI().getRawQuery();
      if (text != null) {
        for (String parameter : text.split("&", -1)) {
          String[] parts = parameter.split("=", 2);
          query.put(decode(parts[0]), parts.length == 1 ? "" : decode(parts[1]));
        }
      }
      byte[] raw = exchange.getRequestBody().readAllBytes();
      String hash = header("x-amz-content-sha256");
      body = hash != null && hash.startsWith("STREAMING-") ? unchunked(raw) : raw;
    }

    private static String decode(String text) {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Signed bodies come in pieces: size in hex; signature, end of line, content, end of line. */
    private static byte[] unchunked(byte[] raw) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      int at = 0;
      while (at < raw.length) {
        int end = at;
        while (raw[end] != '\r') {
          end++;
        }
        String line = new String(raw, at, end - at, StandardCharsets.US_ASCII);
        int size = Integer.parseInt(line.split(";", 2)[0].strip(), 16);
        if (size == 0) {
          break;
        }
        content.write(raw, end + 2, size);
        at = end + 2 + size + 2;
      }
      return content.toByteArray();
    }

    String kind() {
      return verb.equals("GET") && key.isEmpty() ? "LIST" : verb;
    }

    String header(String name) {
      return exchange.getRequestHeaders().getFirst(name);
    }

    boolean conditional() {
      return "*".equals(header("If-None-Match"));
    }

    /** A name as this request wants to have it in a list. */
    String name(String text) {
      return "url".equals(query.get("encoding-type"))
          ? URLEncoder.encode(text, StandardCharsets.UTF_8).replace("%2F", "/")
          : escape(text);
    }

    void error(int status, String code) throws IOException {
      xml(status, "<Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>");
    }

    void xml(int status, String text) throws IOException {
      exchange.getResponseHeaders().set("Content-Type", "application/xml");
      send(status, text.getBytes(StandardCharsets.UTF_8));
    }

    void empty(int status) throws IOException {
      send(status, new byte[0]);
    }

    void send(int status, byte[] content) throws IOException {
      if (silent) {
        return;
      }
      if (verb.equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
        exchange.sendResponseHeaders(status, -1);
      } else {
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        if (content.length > 0) {
          exchange.getResponseBody().write(content);
        }
      }
    }
  }
}
