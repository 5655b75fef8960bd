package org.sparkvit.core;

import java.util.regex.Pattern;

/** Removes secrets from addresses, so that they may be stored and shown. */
public final class Urls {
  private static final Pattern WEB = Pattern.compile("(?i)(https?|ftp)://.*", Pattern.DOTALL);
  private static final Pattern ADDRESS =
      Pattern.compile("(?i)[a-z][a-z0-9+.-]*:/.*", Pattern.DOTALL);

  /** Matches the parameters with which AWS, Google, Azure and CloudFront sign addresses. */
  private static final Pattern SIGNED =
      Pattern.compile(
          "(?i)[?&](x-amz-[a-z-]+|x-goog-[a-z-]+|awsaccesskeyid|googleaccessid|signature|sig|policy"
              + "|key-pair-id|token|access_token)=",
          Pattern.DOTALL);

  private static final Pattern USER = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#@]*@");
  private static final Pattern PASSWORD =
      Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#@:]*:[^/?#@]*@");

  private Urls() {}

  /**
   * Returns an address without its secrets: user and password, and the query of a web address or of
   * a signed address. Any other text is returned unchanged, as a question mark may be part of a
   * file's name.
   */
  public static String withoutSecrets(String text) {
    if (text.indexOf(":/") < 0 || !ADDRESS.matcher(text).matches()) {
      return text;
    }
    boolean web = WEB.matcher(text).matches();
    String plain = (web ? USER : PASSWORD).matcher(text).replaceFirst("$1");
    int query = plain.indexOf('?');
    if (query >= 0 && (web || SIGNED.matcher(plain).find(query))) {
      return plain.substring(0, query);
    }
    return web ? plain.replaceFirst("#.*", "") : plain;
  }
}
